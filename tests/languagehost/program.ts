import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

export interface Program {
  readonly pwd: string;
  /** File or folder to run, relative to pwd or absolute; "." leaves the choice to package.json. */
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
  readonly options: RuntimeOptions;
}

/** `runtime.options` of Pulumi.yaml, as far as Node programs have any. */
export interface RuntimeOptions {
  readonly typescript?: boolean;
  readonly tsconfig?: string;
  readonly nodeargs?: string;
}

/** How a program ended: "bail" means that it has told the user already what was wrong. */
export type Ending = { readonly kind: "done" } | { readonly kind: "bail" } | { readonly kind: "failed"; why: string };

/** `nodeJSProcessExitedAfterLoggingUserActionableMessage` of @pulumi/pulumi/cmd/run. */
const exitCodeOfBail = 32;

export class RunningPrograms {
  private readonly children = new Set<ChildProcess>();

  run(program: Program): Promise<Ending> {
    const runner = findRunner(program.pwd);
    if (runner === undefined) {
      const why = `the Pulumi SDK is not installed for ${program.pwd}; run \`npm install\` there first`;
      return Promise.resolve({ kind: "failed", why });
    }
    return new Promise((resolve) => {
      const nodeArguments = program.options.nodeargs?.split(" ").filter((part) => part !== "") ?? [];
      const child = spawn(process.execPath, [...nodeArguments, runner, ...runnerArguments(program)], {
        cwd: program.pwd,
        env: environment(program),
        // The engine reads this process's stdout and stderr and shows them to the user as the program's.
        stdio: ["ignore", "inherit", "inherit"],
      });
      this.children.add(child);
      child.once("error", (error) => {
        this.children.delete(child);
        resolve({ kind: "failed", why: `could not start Node for the program: ${error.message}` });
      });
      child.once("exit", (code, signal) => {
        this.children.delete(child);
        resolve(endingOf(code, signal));
      });
    });
  }

  stopAll(): void {
    for (const child of this.children) child.kill("SIGTERM");
  }
}

function endingOf(code: number | null, signal: NodeJS.Signals | null): Ending {
  if (code === 0) return { kind: "done" };
  if (code === exitCodeOfBail) return { kind: "bail" };
  const how = code === null ? `was ended by ${signal ?? "a signal"}` : `exited with code ${code}`;
  return { kind: "failed", why: `the program ${how}` };
}

/** The SDK of the program's own folder runs it, so that program and runner share one module instance. */
function findRunner(pwd: string): string | undefined {
  try {
    return createRequire(join(pwd, "index.js")).resolve("@pulumi/pulumi/cmd/run");
  } catch {
    return undefined;
  }
}

function runnerArguments(program: Program): string[] {
  return [
    `--monitor=${program.monitorAddress}`,
    `--engine=${program.engineAddress}`,
    `--organization=${program.organization}`,
    `--project=${program.project}`,
    `--stack=${program.stack}`,
    `--root-directory=${program.rootDirectory}`,
    `--pwd=${program.pwd}`,
    `--parallel=${program.parallel}`,
    ...(program.dryRun ? ["--dry-run"] : []),
    program.entryPoint,
    ...program.arguments,
  ];
}

function environment(program: Program): NodeJS.ProcessEnv {
  const { typescript = true, tsconfig } = program.options;
  const tsconfigPath = tsconfig ?? (existsSync(join(program.pwd, "tsconfig.json")) ? "tsconfig.json" : undefined);
  return {
    ...process.env,
    PULUMI_CONFIG: JSON.stringify(program.config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(program.configSecretKeys),
    PULUMI_NODEJS_TYPESCRIPT: String(typescript),
    ...(tsconfigPath === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: tsconfigPath }),
  };
}
