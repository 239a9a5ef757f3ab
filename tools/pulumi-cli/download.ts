import { cpSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runBounded } from "./bounded";
import { pinnedVersion } from "./release";

/**
 * The official download, by way of the npm package `pulumi`: its launcher fetches the release archive, language hosts
 * included, into `$PULUMI_HOME/versions/<version>/bin`. Returns why it did not work, or undefined when it did.
 */
export async function downloadInto(bin: string, limitSeconds: number): Promise<string | undefined> {
  const home = mkdtempSync(join(bin, "..", "download-"));
  try {
    const run = await runBounded({
      command: "npm",
      args: ["exec", "--yes", `--package=pulumi@${pinnedVersion}`, "--", "pulumi", "version"],
      // npm exec runs in a folder of its own: in ours it would look at our package.json first.
      cwd: home,
      env: { ...process.env, PULUMI_HOME: home, PULUMI_VERSION: pinnedVersion, PULUMI_SKIP_UPDATE_CHECK: "true" },
      limitSeconds,
    });
    const downloaded = join(home, "versions", pinnedVersion, "bin");
    if (!run.ok || !existsSync(join(downloaded, "pulumi"))) return lastLine(run.output);
    // The CLI itself last: its presence says that everything beside it is complete.
    const files = readdirSync(downloaded).sort((a, b) => Number(a === "pulumi") - Number(b === "pulumi"));
    for (const file of files) {
      const arriving = join(bin, `.${file}.${process.pid}`);
      cpSync(join(downloaded, file), arriving, { recursive: true });
      renameSync(arriving, join(bin, file));
    }
    return undefined;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function lastLine(output: string): string {
  const lines = output.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "" && !line.startsWith("npm notice")).at(-1) ?? "no output";
}
