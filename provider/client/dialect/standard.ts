import type { Dialect } from "./types";

/** An agent that does what the protocol says: full reads, AIP answers, an object store that outlives it. */
export const standard: Dialect = {
  name: "standard",
  unavailable: {},
  reads: {},
  updates: {},
  ignores: {},
  refuses: {},
  accepts: {},
  patterns: {},
  caveats: {},
  chosenIds: {},
  collections: {},
  references: "name",
  reportsExisting: true,
  answersAreStored: true,
  concurrentWrites: true,
  remembers: true,
  removal: {},
  missing: [],
  namelessLists: {},
  endlessLists: {},
  emptyLists: {},
};
