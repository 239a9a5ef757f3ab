import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { Program } from "../program";
import { monitorEnvironment } from "./monitor";
import type { Runtime } from "./runtime";

const run = promisify(execFile);

/** Beside this module both in the source and in what `make setup` compiles of it. */
const runner = join(__dirname, "run_program.py");

/** Python: the interpreter of the virtual environment that Pulumi.yaml names, else the one on PATH. */
export const python: Runtime = {
  async commandOf(program) {
    return {
      executable: interpreterOf(program),
      args: ["-u", runner, resolve(program.pwd, program.entryPoint), ...program.arguments],
      environment: monitorEnvironment(program),
    };
  },
  bail: [32],
  async about() {
    const { stdout } = await run("python3", ["-c", "import sys; print(sys.executable); print(sys.version.split()[0])"]);
    const [executable = "", version = ""] = stdout.split("\n");
    return { executable, version };
  },
  dependenciesOf: () => [],
  pulumiPackagesOf: () => [],
};

function interpreterOf({ options, rootDirectory }: Program): string {
  const { virtualenv } = options;
  if (typeof virtualenv !== "string") return "python3";
  const interpreter = resolve(rootDirectory, virtualenv, "bin", "python");
  return existsSync(interpreter) ? interpreter : "python3";
}
