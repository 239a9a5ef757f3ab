import { spawn } from "node:child_process";

export interface BoundedRun {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly limitSeconds: number;
  /** Called every 20 seconds, for work that is long enough to make people wonder. */
  readonly onWait?: (seconds: number) => void;
}

export interface BoundedResult {
  readonly ok: boolean;
  /** Everything the command said, for the error message when it fails. */
  readonly output: string;
}

/** Runs a command and everything it starts, and ends the lot when the limit is reached. */
export function runBounded(run: BoundedRun): Promise<BoundedResult> {
  return new Promise((resolve) => {
    const started = Date.now();
    // A process group of its own, because the official installer is a tree: npm → node → sh → curl.
    const child = spawn(run.command, run.args, {
      env: run.env ?? process.env,
      cwd: run.cwd,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const endGroup = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // The group is already gone.
      }
    };
    // Detached children do not see the terminal's Ctrl-C.
    const onSignal = (): void => {
      endGroup();
      process.exit(130);
    };
    process.once("SIGINT", onSignal);
    process.once("SIGTERM", onSignal);
    const limit = setTimeout(() => {
      output += `\nstopped after ${run.limitSeconds} s`;
      endGroup();
    }, run.limitSeconds * 1000);
    const wait = setInterval(() => run.onWait?.(Math.round((Date.now() - started) / 1000)), 20_000);
    const finish = (ok: boolean): void => {
      clearTimeout(limit);
      clearInterval(wait);
      process.removeListener("SIGINT", onSignal);
      process.removeListener("SIGTERM", onSignal);
      resolve({ ok, output });
    };
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", (error) => {
      output += error.message;
      finish(false);
    });
    child.on("close", (code) => finish(code === 0));
  });
}
