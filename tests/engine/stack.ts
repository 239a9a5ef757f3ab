import {
  LocalWorkspace,
  PulumiCommand,
  type EngineEvent,
  type PulumiFn,
  type Stack as AutomationStack,
} from "@pulumi/pulumi/automation";
import { Mutex } from "async-mutex";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runCli, type CliResult } from "./cli";
import { createSandbox, pulumiExecutable, type Sandbox } from "./environment";
import { outcomeOf, type Outcome } from "./outcome";
import { stateFileOf, type ResourceState, type StackState } from "./state";
import { withUncaughtErrorsForPulumi } from "./uncaught";

/** A Pulumi program as a function; what it returns becomes stack outputs. */
export type Program = PulumiFn;

export interface StackOptions {
  /** Plain values, in clear: texts, or objects for Pulumi's own settings. Keys without a colon belong to the project. */
  readonly config?: Readonly<Record<string, string | object>>;
  /** Values that Pulumi encrypts. */
  readonly secretConfig?: Readonly<Record<string, string>>;
  /** For the CLI, its plugins, and the program. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Provider plugins by name and folder, as `plugins.providers` of Pulumi.yaml takes them. */
  readonly plugins?: readonly { readonly name: string; readonly path: string }[];
}

export interface RunOptions {
  /** The run is expected to fail: its outcome is returned, and success is an error. */
  readonly fails?: boolean;
  /** Refresh first, as `--refresh` does. */
  readonly refresh?: boolean;
  readonly targets?: readonly string[];
  readonly replace?: readonly string[];
  readonly limitSeconds?: number;
  readonly continueOnError?: boolean;
  /** How many resources may be worked on at once. */
  readonly parallel?: number;
  /** A preview prints what changes property by property, as `--diff` does. */
  readonly diff?: boolean;
}

export interface Stack {
  /** Assign another program to change it between two runs. */
  program: Program;
  readonly folder: string;
  /** What `pulumi` runs with; hand it to `runCli` for commands that have no method here. */
  readonly environment: Readonly<Record<string, string>>;
  up(options?: RunOptions): Promise<Outcome>;
  preview(options?: RunOptions): Promise<Outcome>;
  refresh(options?: RunOptions): Promise<Outcome>;
  destroy(options?: RunOptions): Promise<Outcome>;
  setConfig(key: string, value: string, options?: { readonly secret?: boolean }): Promise<void>;
  /** Stack outputs, secrets in clear. */
  outputs(): Promise<Readonly<Record<string, unknown>>>;
  /** The state as it lies in the backend; secrets are encrypted. */
  state(): StackState;
  /** The state file's text, for a look at what is written where. */
  stateText(): string;
  /** The only resource of that name. */
  resource(name: string): ResourceState;
  /** Any other command, on this stack. */
  pulumi(...args: readonly string[]): Promise<CliResult>;
}

export const projectName = "opi-tests";
export const stackName = "dev";

const defaultLimitSeconds = 120;

/**
 * Inline programs run in this process: they share `process.env`, the current folder and the handlers of uncaught
 * errors. So everything that a stack does waits for the others; tests that want two engines at once use `withProject`.
 */
const oneAtATime = new Mutex();

/** Asking the CLI for its version takes as long as a fifth of a run; once in a process is enough. */
let pulumiCommand: Promise<PulumiCommand> | undefined;

/** Gives `use` a new stack of `program` with the real engine and a local backend, and removes all of it afterwards. */
export async function withStack<T>(
  program: Program,
  options: StackOptions,
  use: (stack: Stack) => Promise<T>,
): Promise<T> {
  const sandbox = createSandbox(options.environment);
  try {
    return await use(await createStack(program, options, sandbox));
  } finally {
    // A run that outlives its test (jest goes on after a time-out) must not lose its folders while it writes.
    await oneAtATime.runExclusive(() => sandbox.remove());
  }
}

async function createStack(program: Program, options: StackOptions, sandbox: Sandbox): Promise<Stack> {
  const { workFolder: folder, environment } = sandbox;
  writeSettings(folder, options);
  const exclusively = <T>(work: () => Promise<T>): Promise<T> =>
    oneAtATime.runExclusive(() => withEnvironment(environment, work));
  const stack = await exclusively(async () => {
    pulumiCommand ??= PulumiCommand.get({ root: dirname(dirname(pulumiExecutable())) });
    const created = await LocalWorkspace.createStack(
      { stackName, projectName, program },
      {
        workDir: folder,
        pulumiHome: environment.PULUMI_HOME,
        pulumiCommand: await pulumiCommand,
        envVars: { ...environment },
      },
    );
    for (const [key, value] of Object.entries(options.secretConfig ?? {})) {
      await created.setConfig(key, { value, secret: true });
    }
    return created;
  });
  const readOutputs = stack.outputs.bind(stack);
  withoutQuestionsAfterwards(stack);

  const run = (operation: Operation) => (runOptions?: RunOptions) =>
    exclusively(() => runOperation(stack, operation, runOptions ?? {}));
  const stateText = (): string => readFileSync(stateFileOf(sandbox.folder, projectName, stackName), "utf8");
  // The file is what this CLI wrote; `StackState` names the part of it that tests read.
  const state = (): StackState => JSON.parse(stateText()) as StackState;

  return {
    get program(): Program {
      return stack.workspace.program ?? program;
    },
    set program(next: Program) {
      stack.workspace.program = next;
    },
    folder,
    environment,
    up: run("up"),
    preview: run("preview"),
    refresh: run("refresh"),
    destroy: run("destroy"),
    setConfig: (key, value, { secret = false } = {}) => exclusively(() => stack.setConfig(key, { value, secret })),
    outputs: async () => {
      const found = await exclusively(readOutputs);
      return Object.fromEntries(Object.entries(found).map(([name, output]) => [name, output.value as unknown]));
    },
    state,
    stateText,
    resource: (name) => {
      const all = state().checkpoint.latest?.resources ?? [];
      const found = all.filter((each) => each.urn.endsWith(`::${name}`));
      if (found.length !== 1) throw new Error(`${found.length} resources named ${name} in the state`);
      return found[0];
    },
    pulumi: (...args) => runCli([...args, "--stack", stackName], { cwd: folder, environment }),
  };
}

type Operation = "up" | "preview" | "refresh" | "destroy";

async function runOperation(stack: AutomationStack, operation: Operation, options: RunOptions): Promise<Outcome> {
  const events: EngineEvent[] = [];
  let stdout = "";
  let stderr = "";
  const shared = {
    onEvent: (event: EngineEvent) => void events.push(event),
    onOutput: (text: string) => void (stdout += text),
    onError: (text: string) => void (stderr += text),
    color: "never" as const,
    signal: AbortSignal.timeout((options.limitSeconds ?? defaultLimitSeconds) * 1000),
    ...(options.targets === undefined ? {} : { target: [...options.targets] }),
    ...(options.refresh === undefined ? {} : { refresh: options.refresh }),
    ...(options.parallel === undefined ? {} : { parallel: options.parallel }),
  };
  const replace = options.replace === undefined ? {} : { replace: [...options.replace] };
  const keepGoing = options.continueOnError === undefined ? {} : { continueOnError: options.continueOnError };
  const attempt = async (): Promise<{ readonly failure?: unknown }> => {
    try {
      if (operation === "up") await stack.up({ ...shared, ...replace, ...keepGoing });
      else if (operation === "preview") await stack.preview({ ...shared, ...replace, diff: options.diff ?? false });
      else if (operation === "refresh") await stack.refresh(shared);
      else await stack.destroy({ ...shared, ...keepGoing });
      return {};
    } catch (failure) {
      return { failure };
    }
  };
  const { failure } = await withUncaughtErrorsForPulumi(attempt, (result) => result.failure !== undefined);
  const outcome = outcomeOf(failure === undefined, events, stdout, stderr);
  if (outcome.succeeded === (options.fails ?? false)) {
    const what = outcome.succeeded ? "succeeded, but was expected to fail" : "failed";
    // The Automation API's own error repeats this output twice; it matters only where the CLI said nothing.
    throw new Error(`pulumi ${operation} ${what}:\n${`${stdout}${stderr}` || String(failure)}`);
  }
  return outcome;
}

/**
 * After each run the Automation API asks the CLI for outputs and history: three more processes, a third of the time of
 * a run. Nothing here reads those parts of its result.
 */
function withoutQuestionsAfterwards(stack: AutomationStack): void {
  stack.outputs = () => Promise.resolve({});
  stack.info = () => Promise.resolve(undefined);
}

/** Settings files are YAML, and JSON is YAML. */
function writeSettings(folder: string, { plugins, config = {} }: StackOptions): void {
  const project = {
    name: projectName,
    runtime: "nodejs",
    ...(plugins === undefined ? {} : { plugins: { providers: plugins } }),
  };
  writeFileSync(join(folder, "Pulumi.yaml"), JSON.stringify(project));
  const qualified = Object.entries(config).map(([key, value]) => [
    key.includes(":") ? key : `${projectName}:${key}`,
    value,
  ]);
  writeFileSync(join(folder, `Pulumi.${stackName}.yaml`), JSON.stringify({ config: Object.fromEntries(qualified) }));
}

/** The Automation API and the program read `process.env`; afterwards it is as before. */
async function withEnvironment<T>(environment: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
  const before = { ...process.env };
  const become = (next: Readonly<NodeJS.ProcessEnv>): void => {
    for (const name of Object.keys(process.env)) if (!(name in next)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, next);
  };
  become(environment);
  try {
    return await work();
  } finally {
    become(before);
  }
}
