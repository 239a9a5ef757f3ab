/**
 * Makes `.tools/bin/pulumi` a Pulumi CLI that is recent enough, and prints the path of the executable behind it.
 * In this order: one on PATH, one from an earlier run, the official download, a build from the Go module proxy.
 * Nothing is installed outside `.tools`. Progress goes to stderr.
 */
import { mkdirSync, readlinkSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { buildInto } from "./build";
import { provideCompanions } from "./companions";
import { downloadInto } from "./download";
import { isAtLeast, minimumVersion, pinnedVersion, versionOf } from "./release";

const downloadLimitSeconds = 30;
const buildLimitSeconds = 30 * 60;

const bin = resolve(__dirname, "../../.tools/bin");
const toolbox = join(bin, "pulumi");

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** The CLI of the user's own, looked for on PATH but not in our own folder. */
function onPath(): string | undefined {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    if (folder === "" || resolve(folder) === bin) continue;
    const candidate = join(folder, "pulumi");
    const version = versionOf(candidate);
    if (version === undefined) continue;
    if (isAtLeast(version, minimumVersion)) return candidate;
    say(`  ${candidate} is ${version}; at least ${minimumVersion} is needed, looking further`);
  }
  return undefined;
}

function isLink(path: string): boolean {
  try {
    return readlinkSync(path) !== "";
  } catch {
    return false;
  }
}

function cached(): boolean {
  const version = versionOf(toolbox);
  return version !== undefined && isAtLeast(version, minimumVersion);
}

async function find(): Promise<string> {
  const own = onPath();
  if (own !== undefined) {
    if (!isLink(toolbox) || readlinkSync(toolbox) !== own) {
      rmSync(toolbox, { force: true });
      symlinkSync(own, toolbox);
    }
    return realpathSync(own);
  }
  if (cached()) return toolbox;
  rmSync(toolbox, { force: true });

  say(`  downloading the Pulumi CLI ${pinnedVersion} (at most ${downloadLimitSeconds} s)`);
  const notDownloaded = (await downloadInto(bin, downloadLimitSeconds)) ?? "it does not run here";
  if (cached()) return toolbox;

  say(`  no download (${notDownloaded})`);
  say(`  building the Pulumi CLI ${pinnedVersion} with Go instead: once, about 4 minutes on two cores`);
  const notBuilt = (await buildInto(bin, buildLimitSeconds, say)) ?? "the result does not run";
  if (cached()) return toolbox;

  throw new Error(
    `No Pulumi CLI: none on PATH, the download failed (${notDownloaded}), and the Go build failed:\n${notBuilt}\n` +
      `Install Pulumi ${minimumVersion} or later (https://www.pulumi.com/docs/install/), or Go 1.25 or later, and run \`make setup\` again.`,
  );
}

async function main(): Promise<void> {
  mkdirSync(bin, { recursive: true });
  const executable = await find();
  provideCompanions(bin, executable);
  process.stdout.write(`${executable}\n`);
}

main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
