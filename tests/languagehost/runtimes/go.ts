import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { monitorEnvironment } from "./monitor";
import type { Runtime } from "./runtime";

const run = promisify(execFile);

/** Go: built first, and the result run by itself, so that a signal reaches the program and not the `go` command. */
export const go: Runtime = {
  async commandOf(program) {
    const folder = await mkdtemp(join(tmpdir(), "opi-go-program-"));
    const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
    const executable = join(folder, program.project);
    try {
      await run("go", ["build", "-o", executable, "."], { cwd: join(program.pwd, program.entryPoint) });
    } catch (error) {
      await remove();
      return { why: `the program does not compile:\n${outputOf(error)}` };
    }
    return { executable, args: program.arguments, environment: monitorEnvironment(program), remove };
  },
  // `ExitStatusLoggedError` of the Go SDK.
  bail: [32],
  async about() {
    const { stdout } = await run("go", ["env", "GOVERSION", "GOROOT"]);
    const [version = "", root = ""] = stdout.split("\n");
    return { executable: join(root, "bin", "go"), version };
  },
  dependenciesOf: () => [],
  pulumiPackagesOf: () => [],
};

/** What the compiler said; where it could not even be started, the reason for that. */
function outputOf(error: unknown): string {
  if (error instanceof Error && "stderr" in error && typeof error.stderr === "string" && error.stderr !== "")
    return error.stderr;
  return String(error);
}
