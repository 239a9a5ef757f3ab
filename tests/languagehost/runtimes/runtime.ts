import type { Dependency, PulumiPackage } from "../packages";
import type { Program } from "../program";

/** A process that runs a program. */
export interface Command {
  readonly executable: string;
  readonly args: readonly string[];
  /** Beside the host's own, and the configuration. */
  readonly environment: NodeJS.ProcessEnv;
  /** Removes what was made to run it. */
  readonly remove?: () => Promise<void>;
}

/** What differs between the languages that programs are written in. */
export interface Runtime {
  /** How to run a program, or why that is not possible, for the user. */
  commandOf(program: Program): Promise<Command | { readonly why: string }>;
  /** Exit codes of a program that has told the user already what was wrong. */
  readonly bail: readonly number[];
  /** Executable and version, for `pulumi about`. */
  about(): Promise<{ readonly executable: string; readonly version: string }>;
  dependenciesOf(folder: string): readonly Dependency[];
  /** Pulumi packages that the program's manifest names; the engine provides others when the program asks for them. */
  pulumiPackagesOf(folder: string): readonly PulumiPackage[];
}
