import { boolean, optional } from "../rpc/params";
import { bareVerb, verb } from "../rpc/verb";
import { methodsOf } from "../versions";

/** Verbs about SPDK itself. */
export const coreVerbs = [
  bareVerb(
    "spdk_get_version",
    (spdk) => {
      const [major, minor] = spdk.version.split(".").map(Number);
      return { version: `SPDK v${spdk.version}`, fields: { major, minor, patch: 0, suffix: "" } };
    },
    "any",
  ),

  verb("rpc_get_methods", {
    phase: "any",
    params: { current: optional(boolean), include_aliases: optional(boolean) },
    run: (spdk, { current, include_aliases }) =>
      methodsOf(spdk.version, {
        callable: current !== true ? undefined : spdk.initialized ? "runtime" : "startup",
        aliases: include_aliases,
      }).filter((method) => !spdk.lacks.has(method)),
  }),
];
