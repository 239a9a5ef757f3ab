import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { defaultRemotes } from "../../agent";
import { SECURE_REMOTE } from "../../agent/testing/agent-under-test";

const ROOT = join(__dirname, "../..");

/** A process that says on its first line that it is ready, and can be killed at any moment. */
export class Killable {
  private child: ChildProcess | undefined;
  private errors = "";
  private starts = 0;

  /** `args` of the first start, of the second, and so on. */
  constructor(private readonly args: (start: number) => readonly string[]) {}

  async start(): Promise<void> {
    this.errors = "";
    const child = spawn(process.execPath, this.args(this.starts++), {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    child.stderr.on("data", (chunk: Buffer) => (this.errors += chunk.toString()));
    const ended = once(child, "exit").then(() => {
      throw new Error(`it ended before it was ready: ${this.errors}`);
    });
    await Promise.race([once(createInterface(child.stdout), "line"), ended]);
    ended.catch(() => undefined);
  }

  /** What it wrote to its log since it was started. */
  get log(): string {
    return this.errors;
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  }
}

/** `pulumi-opi agent` as it is installed. */
export function agentProcess(flags: readonly string[]): Killable {
  return new Killable(() => [join(ROOT, "dist/cli/main.js"), "agent", ...flags]);
}

const RUN_SIMULATOR = `
  const [module, version, socketPath, remotes] = process.argv.slice(1);
  const onReady = () => console.log(socketPath);
  require(module).runSimulator({ version, socketPath, remotes: JSON.parse(remotes), onReady });`;

/**
 * An SPDK simulator, compiled like the agent: it starts in a fraction of the time that its source takes. With each start
 * it is of the other version: what one has lost, the other must be able to hold.
 */
export function spdkProcess(socketPath: string): Killable {
  const remotes = JSON.stringify([...defaultRemotes, SECURE_REMOTE]);
  const version = (start: number): string => (start % 2 === 0 ? "24.05" : "26.05");
  return new Killable((start) => [
    "-e",
    RUN_SIMULATOR,
    join(ROOT, "dist/agent/simulator"),
    version(start),
    socketPath,
    remotes,
  ]);
}
