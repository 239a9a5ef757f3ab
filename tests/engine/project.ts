import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { runCli, type CliResult } from "./cli";
import { createSandbox } from "./environment";

/** A program folder, run by the CLI through the language host: what a user has in front of them. */
export interface Project {
  readonly folder: string;
  /** The state of its stacks lies below this folder. */
  readonly stateFolder: string;
  /** What `pulumi` runs with; hand it to `runCli` for runs with options of their own. */
  readonly environment: Readonly<Record<string, string>>;
  /** Runs `pulumi <args>` in the folder. A code other than 0 is a result, not an exception. */
  pulumi(...args: readonly string[]): Promise<CliResult>;
  /** Replaces or adds files between two runs. */
  write(files: Readonly<Record<string, string>>): void;
}

/** The source of a project: a folder to copy (an example, say), or its files. */
export type ProjectSource = string | Readonly<Record<string, string>>;

export interface ProjectOptions {
  readonly environment?: Readonly<Record<string, string>>;
}

/** Gives a copy of a program folder and a Pulumi installation of its own to `use`, and removes both afterwards. */
export async function withProject<T>(
  source: ProjectSource,
  options: ProjectOptions,
  use: (project: Project) => Promise<T>,
): Promise<T> {
  const sandbox = createSandbox(options.environment);
  const folder = sandbox.workFolder;
  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  };
  try {
    if (typeof source === "string") {
      // A user's own stack settings and dependencies stay behind.
      const filter = (path: string): boolean =>
        !/^(node_modules|Pulumi\..+\.yaml)$/.test(basename(path)) || path === source;
      cpSync(source, folder, { recursive: true, filter });
    } else {
      write(source);
    }
    return await use({
      folder,
      stateFolder: join(sandbox.folder, "state"),
      environment: sandbox.environment,
      pulumi: (...args) => runCli(args, { cwd: folder, environment: sandbox.environment }),
      write,
    });
  } finally {
    sandbox.remove();
  }
}
