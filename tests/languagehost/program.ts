import { spawn, type ChildProcess } from "node:child_process";
import type { Command, Runtime } from "./runtimes/runtime";

export interface Program {
  readonly pwd: string;
  /** File or folder to run, relative to pwd or absolute; "." leaves the choice to the language. */
  readonly entryPoint: string;
  readonly rootDirectory: string;
  readonly arguments: readonly string[];
  readonly monitorAddress: string;
  readonly engineAddress: string;
  readonly organization: string;
  readonly project: string;
  readonly stack: string;
  readonly dryRun: boolean;
  readonly parallel: number;
  readonly config: Readonly<Record<string, string>>;
  readonly configSecretKeys: readonly string[];
  /** `runtime.options` of Pulumi.yaml, as the user wrote them. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** How a program ended: "bail" means that it has told the user already what was wrong. */
export type Ending = { readonly kind: "done" } | { readonly kind: "bail" } | { readonly kind: "failed"; why: string };

export class RunningPrograms {
  private readonly children = new Set<ChildProcess>();

  constructor(private readonly runtime: Runtime) {}

  async run(program: Program): Promise<Ending> {
    const command = await this.runtime.commandOf(program);
    if ("why" in command) return { kind: "failed", why: command.why };
    try {
      return await this.end(command, program);
    } finally {
      await command.remove?.();
    }
  }

  stopAll(): void {
    for (const child of this.children) child.kill("SIGTERM");
  }

  private end({ executable, args, environment }: Command, program: Program): Promise<Ending> {
    return new Promise((resolve) => {
      const child = spawn(executable, args, {
        cwd: program.pwd,
        env: {
          ...process.env,
          PULUMI_CONFIG: JSON.stringify(program.config),
          PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(program.configSecretKeys),
          ...environment,
        },
        // The engine reads this process's stdout and stderr and shows them to the user as the program's.
        stdio: ["ignore", "inherit", "inherit"],
      });
      this.children.add(child);
      child.once("error", (error) => {
        this.children.delete(child);
        resolve({ kind: "failed", why: `could not start ${executable} for the program: ${error.message}` });
      });
      child.once("exit", (code, signal) => {
        this.children.delete(child);
        resolve(this.endingOf(code, signal));
      });
    });
  }

  private endingOf(code: number | null, signal: NodeJS.Signals | null): Ending {
    if (code === 0) return { kind: "done" };
    if (code !== null && this.runtime.bail.includes(code)) return { kind: "bail" };
    const how = code === null ? `was ended by ${signal ?? "a signal"}` : `exited with code ${code}`;
    return { kind: "failed", why: `the program ${how}` };
  }
}
