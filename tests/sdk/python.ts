import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { succeed } from "../../tools/sdkgen/sdkgen";

const cache = resolve(__dirname, "../../.tools/python");
const venv = join(cache, "venv");

/** Versions are part of the mark, so that a change of them makes the environment anew. */
const packages = ["pulumi==3.250.0", "mypy==2.4.1", "parver>=0.2.1", "setuptools>=61", "wheel"];
const mark = join(venv, `ready-${packages.join("-").replace(/[<>=]/g, "")}`);

const INSTALL_SECONDS = 300;

/** Python's environment for checking the SDK, from PyPI at the first time. */
export async function pythonEnvironment(): Promise<{ readonly python: string; readonly mypyCache: string }> {
  const python = join(venv, "bin", "python");
  if (!existsSync(mark)) {
    rmSync(venv, { recursive: true, force: true });
    mkdirSync(cache, { recursive: true });
    await succeed("python3", ["-m", "venv", venv], cache, INSTALL_SECONDS);
    const quiet = ["--quiet", "--disable-pip-version-check"];
    await succeed(python, ["-m", "pip", "install", ...quiet, ...packages], cache, INSTALL_SECONDS);
    writeFileSync(mark, "");
  }
  return { python, mypyCache: join(cache, "mypy") };
}
