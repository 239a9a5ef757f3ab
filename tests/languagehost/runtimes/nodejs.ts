import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { dependenciesOf, pulumiPackagesOf } from "../packages";
import type { Program } from "../program";
import type { Runtime } from "./runtime";

/** `nodeJSProcessExitedAfterLoggingUserActionableMessage` of @pulumi/pulumi/cmd/run. */
const exitCodeOfBail = 32;

/** TypeScript and JavaScript: the SDK of the program's own folder runs it. */
export const nodejs: Runtime = {
  async commandOf(program) {
    const runner = findRunner(program.pwd);
    if (runner === undefined)
      return { why: `the Pulumi SDK is not installed for ${program.pwd}; run \`npm install\` there first` };
    const nodeArguments = textOption(program, "nodeargs")
      ?.split(" ")
      .filter((part) => part !== "");
    return {
      executable: process.execPath,
      args: [...(nodeArguments ?? []), runner, ...runnerArguments(program)],
      environment: environment(program),
    };
  },
  bail: [exitCodeOfBail],
  about: async () => ({ executable: process.execPath, version: process.version }),
  dependenciesOf,
  pulumiPackagesOf,
};

/** Program and runner share one module instance of the SDK. */
function findRunner(pwd: string): string | undefined {
  try {
    return createRequire(join(pwd, "index.js")).resolve("@pulumi/pulumi/cmd/run");
  } catch {
    return undefined;
  }
}

function runnerArguments(program: Program): readonly string[] {
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
  const tsconfig =
    textOption(program, "tsconfig") ?? (existsSync(join(program.pwd, "tsconfig.json")) ? "tsconfig.json" : undefined);
  return {
    PULUMI_NODEJS_TYPESCRIPT: String(program.options.typescript !== false),
    ...(tsconfig === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig }),
  };
}

/** `runtime.options` of Pulumi.yaml hold whatever the user wrote. */
function textOption(program: Program, name: string): string | undefined {
  const value = program.options[name];
  return typeof value === "string" ? value : undefined;
}
