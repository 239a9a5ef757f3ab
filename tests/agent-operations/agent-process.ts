import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

const ROOT = join(__dirname, "../..");

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

export type LogLine = Readonly<Record<string, unknown>> & { readonly msg?: string };

/** `pulumi-opi agent` as it is installed, in a process of its own, and its log as it comes. */
export class AgentProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  readonly lines: LogLine[] = [];
  private readonly address: Promise<string>;
  private readonly waiting = new Set<() => void>();
  private errors = "";

  constructor(flags: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, [join(ROOT, "dist/cli/main.js"), "agent", ...flags], {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { stdout, stderr } = this.child;
    if (stdout === null || stderr === null) throw new Error("no pipes");
    createInterface(stderr).on("line", (line) => {
      this.errors += `${line}\n`;
      if (line.startsWith("{")) this.lines.push(JSON.parse(line) as LogLine);
      for (const wake of this.waiting) wake();
    });
    this.ended = new Promise((resolve) =>
      this.child.once("close", (code, signal) => resolve({ code, signal, stderr: this.errors })),
    );
    const first = new Promise<string>((resolve) => createInterface(stdout).once("line", resolve));
    const early = this.ended.then(({ stderr: said }) => Promise.reject(new Error(`the agent ended: ${said}`)));
    this.address = Promise.race([first, early]);
    // Who expects the end waits for the end, not for the address.
    this.address.catch(() => undefined);
  }

  /** Where it listens, once it is ready. */
  ready(): Promise<string> {
    return this.address;
  }

  /** The next line of its log that fits, old ones included. */
  async line(fits: (line: LogLine) => boolean): Promise<LogLine> {
    for (;;) {
      const found = this.lines.find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.waiting.delete(wake);
          resolve();
        };
        this.waiting.add(wake);
      });
    }
  }

  async metricsAddress(): Promise<string> {
    return String((await this.line(({ msg }) => msg === "listening")).metricsAddress);
  }

  stop(signal: NodeJS.Signals = "SIGTERM"): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** Ends what a failed test left running. */
export async function endAll(running: AgentProcess[]): Promise<void> {
  await Promise.all(running.splice(0).map((agent) => agent.stop("SIGKILL")));
}
