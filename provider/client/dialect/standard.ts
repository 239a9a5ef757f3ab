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
  nameSpaces: [],
  references: "name",
  // SPDK limits the bdev itself, so that a QoS volume is the volume that it limits.
  standsFor: { QosVolume: "volumeNameRef" },
  reportsExisting: true,
  answersAreStored: true,
  concurrentWrites: true,
  remembers: true,
  removal: {},
  missing: [],
  hints: [],
  namelessLists: {},
  endlessLists: {},
  emptyLists: {},
};
