import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { lock } from "proper-lockfile";
import { sdkFolder, succeed } from "../../tools/sdkgen/sdkgen";

const cache = resolve(__dirname, "../../.tools/python");
const venv = join(cache, "venv");

/** Versions are part of the mark, so that a change of them makes the environment anew. */
const packages = ["pulumi==3.250.0", "mypy==2.4.1", "parver>=0.2.1", "setuptools>=61", "wheel"];
const mark = join(venv, `ready-${packages.join("-").replace(/[<>=]/g, "")}`);

const INSTALL_SECONDS = 300;

const python = join(venv, "bin", "python");

/** Python's environment for checking and running the SDK, from PyPI at the first time. */
export async function pythonEnvironment(): Promise<{ readonly python: string; readonly mypyCache: string }> {
  if (!existsSync(mark)) await makeEnvironment();
  return { python, mypyCache: join(cache, "mypy") };
}

/**
 * Installs the SDK as pip does, since it asks for its own version.
 *
 * @returns the folder to import it from, below `folder`
 */
export async function installSdk(folder: string): Promise<string> {
  const [copy, installed] = [join(folder, "python-sdk"), join(folder, "python-installed")];
  // From a copy, since pip builds in place.
  cpSync(join(sdkFolder, "python"), copy, { recursive: true });
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"];
  await succeed(python, [...install, "--no-build-isolation", "--target", installed, copy], folder, INSTALL_SECONDS);
  return installed;
}

/** Test files run side by side: the first makes it, the others wait for it. */
async function makeEnvironment(): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const release = await lock(cache, { retries: { retries: INSTALL_SECONDS, factor: 1, minTimeout: 1000 } });
  try {
    if (existsSync(mark)) return;
    rmSync(venv, { recursive: true, force: true });
    await succeed("python3", ["-m", "venv", venv], cache, INSTALL_SECONDS);
    const quiet = ["--quiet", "--disable-pip-version-check"];
    await succeed(python, ["-m", "pip", "install", ...quiet, ...packages], cache, INSTALL_SECONDS);
    writeFileSync(mark, "");
  } finally {
    await release();
  }
}
