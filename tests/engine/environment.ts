import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";

const repository = resolve(__dirname, "../..");

/** What `make setup` fills: the Pulumi CLI and, where no official ones exist, its language host. */
const toolbox = join(repository, ".tools", "bin");

/** The CLI every engine test runs. */
export function pulumiExecutable(): string {
  const executable = join(toolbox, "pulumi");
  if (!existsSync(executable)) throw new Error(`There is no Pulumi CLI in ${toolbox}; run \`make setup\` first.`);
  return executable;
}

/** A Pulumi installation of its own: home, backend and environment that share nothing with the user's. */
export interface Sandbox {
  /** Removed at the end with all that is in it. */
  readonly folder: string;
  /** A working folder for a program, from which `require` finds this repository's packages and `pulumi-opi` itself. */
  readonly workFolder: string;
  /** The complete environment of a CLI run. */
  readonly environment: Readonly<Record<string, string>>;
  remove(): void;
}

export function createSandbox(extraEnvironment: Readonly<Record<string, string>> = {}): Sandbox {
  const folder = mkdtempSync(join(tmpdir(), "opi-engine-"));
  const workFolder = join(folder, "program");
  const backend = join(folder, "state");
  for (const each of [workFolder, backend, join(folder, "home")]) mkdirSync(each);
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  return {
    folder,
    workFolder,
    environment: {
      ...inherited(),
      PATH: `${toolbox}${delimiter}${process.env.PATH ?? ""}`,
      PULUMI_HOME: join(folder, "home"),
      PULUMI_BACKEND_URL: `file://${backend}`,
      PULUMI_CONFIG_PASSPHRASE: "only for tests",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // Nothing here may be fetched: a plugin that is missing is an error, not a download.
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      ...extraEnvironment,
    },
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** The user's environment without what would steer Pulumi, this provider, or Node's own start-up. */
function inherited(): Record<string, string> {
  const steering = /^(PULUMI_|OPI_|NODE_OPTIONS$|JEST_|TS_NODE_)/;
  const entries = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !steering.test(entry[0]),
  );
  return Object.fromEntries(entries);
}
