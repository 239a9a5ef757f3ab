import { careful } from "./careful";
import { spdkBridge } from "./spdk-bridge";
import { standard } from "./standard";
import type { Dialect } from "./types";
import { intel, marvell, nvidia } from "./vendors";

export * from "./facts";
export { careful } from "./careful";
export { spdkBridge } from "./spdk-bridge";
export { standard } from "./standard";
export type { Caveat, Dialect } from "./types";
export { intel, marvell, nvidia } from "./vendors";

const tables: Readonly<Record<string, Dialect>> = Object.fromEntries(
  [standard, spdkBridge, intel, nvidia, marvell, careful].map((table) => [table.name, table]),
);

/** What `agent.dialect` may be. */
export const dialectNames: readonly string[] = ["auto", ...Object.keys(tables)];

/** The table of that name; undefined for `auto` and for names that are none. */
export function dialectByName(name: string): Dialect | undefined {
  return tables[name];
}
