import { holdsUnknown, isProperties } from "../catalogue/values/property";
import type { PropertyValue } from "../catalogue/values/property";
import { sameAddress } from "../client";

/** What a change of the agent's settings does to the objects on it. */
export type AgentChange = "none" | "state" | "replace";

/**
 * Compares the settings of an agent. Another address is another device, so that objects are replaced, unless both
 * settings carry the same identity; everything else (credentials above all) only goes into the state.
 */
export function agentChange(before: PropertyValue | undefined, after: PropertyValue | undefined): AgentChange {
  if (stable(before) === stable(after)) return "none";
  if (!isProperties(before) || !isProperties(after)) return after === undefined ? "state" : "replace";
  const identity = before.identity;
  if (typeof identity === "string" && identity !== "" && identity === after.identity) return "state";
  const from = before.address;
  const to = after.address;
  if (holdsUnknown(to)) return "replace";
  return typeof from === "string" && typeof to === "string" && sameAddress(from, to) ? "state" : "replace";
}

/** A text that is equal for equal values, whatever the order of their keys. */
function stable(value: PropertyValue | undefined): string {
  if (Array.isArray(value)) return `[${value.map((entry: PropertyValue) => stable(entry)).join()}]`;
  if (!isProperties(value)) return typeof value === "symbol" ? "?" : (JSON.stringify(value) ?? "");
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${stable(value[key])}`);
  return `{${entries.join()}}`;
}
