import type { Phase } from "../rpc/verb";

/** Names of verbs in the order rpc_get_methods lists them, each with when it may be called, or that it is an old name. */
export type VersionMethods = readonly (readonly [Phase | "alias", string])[];

export function of(phase: Phase | "alias", names: string): VersionMethods {
  return names
    .trim()
    .split(/\s+/)
    .map((name) => [phase, name] as const);
}
