import { spawn } from "node:child_process";
import { pulumiExecutable } from "./environment";

export interface CliOptions {
  readonly cwd: string;
  /** The complete environment: take a sandbox's, and add to it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly limitSeconds?: number;
  /** Interrupts the run when it aborts, as Ctrl-C does. */
  readonly interrupt?: AbortSignal;
}

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the Pulumi CLI as a user does, without a terminal. A code other than 0 is a result, not an exception. */
export function runCli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(pulumiExecutable(), [...args, "--non-interactive", "--color=never"], {
      cwd: options.cwd,
      env: options.environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    // Interrupting, as Ctrl-C does, lets the engine end its plugins.
    const limit = setTimeout(() => child.kill("SIGINT"), (options.limitSeconds ?? 120) * 1000);
    const end = setTimeout(() => child.kill("SIGKILL"), ((options.limitSeconds ?? 120) + 15) * 1000);
    options.interrupt?.addEventListener("abort", () => child.kill("SIGINT"), { once: true });
    const settle = (): void => {
      clearTimeout(limit);
      clearTimeout(end);
    };
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.once("error", (error) => {
      settle();
      reject(error);
    });
    child.once("close", (code) => {
      settle();
      resolve({ code: code ?? -1, stdout, stderr });
    });
  });
}
