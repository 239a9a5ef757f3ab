import type { Table } from "./report/table";

/** One thing worth measuring. It starts what it needs, and has ended it when its promise settles. */
export interface Bench {
  /** By which it is asked for on the command line. */
  readonly name: string;
  /** The question it answers. */
  readonly question: string;
  /** Takes many minutes: only run when it is asked for by name, or with `all`. */
  readonly slow?: true;
  /** Says on stderr what is under way, since some take a minute. */
  run(progress: (step: string) => void): Promise<readonly Table[]>;
}
