import type { VerbTable } from "./rpc/dispatch";
import type { Verb } from "./rpc/verb";
import type { SpdkVersionName } from "./state";
import { bdevVerbs } from "./verbs/bdev";
import { bdevMallocVerbs } from "./verbs/bdev-malloc";
import { bdevNullVerbs } from "./verbs/bdev-null";
import { coreVerbs } from "./verbs/core";
import { methodsOf } from "./versions";

const VERBS: Readonly<Record<SpdkVersionName, readonly Verb[]>> = {
  "24.05": [...coreVerbs, ...bdevVerbs, ...bdevNullVerbs, ...bdevMallocVerbs],
};

export function verbTable(version: SpdkVersionName): VerbTable {
  const verbs = new Map(VERBS[version].map((verb) => [verb.method, verb]));
  return {
    verbs,
    unsimulated: new Set(methodsOf(version, { aliases: true }).filter((method) => !verbs.has(method))),
  };
}
