import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runBounded } from "./bounded";
import { pinnedVersion } from "./release";

const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
const commandPackage = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";

/**
 * Builds the CLI from the Go module that go.mod in this folder pins, checksums in go.sum. Returns why it did not work,
 * or undefined when it did.
 */
export async function buildInto(
  bin: string,
  limitSeconds: number,
  progress: (line: string) => void,
): Promise<string | undefined> {
  const target = join(bin, `.pulumi.${process.pid}`);
  try {
    const run = await runBounded({
      command: "go",
      args: [
        "build",
        "-mod=readonly",
        "-ldflags",
        `-s -w -X ${versionVariable}=v${pinnedVersion}`,
        "-o",
        target,
        commandPackage,
      ],
      cwd: __dirname,
      // A workspace or flags of the user's own must not change what is built.
      env: { ...process.env, GOWORK: "off", GOFLAGS: "" },
      limitSeconds,
      onWait: (seconds) => progress(`  still building the Pulumi CLI (${seconds} s)`),
    });
    if (!run.ok) return run.output.trim().split("\n").slice(-5).join("\n");
    renameSync(target, join(bin, "pulumi"));
    return undefined;
  } finally {
    rmSync(target, { force: true });
  }
}
