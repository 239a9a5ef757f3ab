import { spdkBridge } from "./spdk-bridge";
import type { Dialect } from "./types";

/**
 * An agent of which nothing is known. All known bridges grew out of the reference bridge, so its failings are reckoned
 * with wherever being wrong does no harm: no answer is trusted, writes go one by one, absence is looked into. What would
 * hinder a better agent is left out: calls are tried, fields are sent, and names are the contract's own.
 */
export const careful: Dialect = {
  ...spdkBridge,
  name: "careful",
  unavailable: {},
  // What it really changes shows in the read-back.
  updates: {},
  ignores: {},
  refuses: {},
  accepts: {},
  patterns: {},
  caveats: {},
  chosenIds: {},
  collections: {},
  references: "name",
};
