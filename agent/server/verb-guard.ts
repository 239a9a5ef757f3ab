import { Code, StatusError } from "../aip/status";
import type { ResourceContract } from "../contract/resource";
import { missingVerbs, neededVerbs, type NeededVerbs } from "../kinds/needed-verbs";
import type { Spdk, SpdkBuild } from "../kinds/spdk";
import { SpdkTransportError } from "../spdk";
import type { Method } from "./handler";

type Action = keyof NeededVerbs;

const ACTIONS: readonly Action[] = ["create", "update", "delete"];

/** A method that an SPDK cannot serve, and why. */
export interface Unserved {
  /** As in the generated service definition: `createVirtioBlk`. */
  readonly local: string;
  readonly reason: string;
}

/** The methods of a type that this build of SPDK lacks verbs for. */
export function unservedBy(build: SpdkBuild, contract: ResourceContract): readonly Unserved[] {
  return ACTIONS.flatMap((action) => {
    const missing = neededVerbs(contract.type)[action].filter((verb) => !build.verbs.has(verb));
    if (missing.length === 0) return [];
    return [{ local: contract[action].local, reason: missingVerbs(build.version.version, missing) }];
  });
}

/** Lets methods answer UNIMPLEMENTED, with the reason, where SPDK lacks the verbs for them: nothing is begun then. */
export function guarded(
  spdk: Spdk,
  contract: ResourceContract,
  methods: Readonly<Record<string, Method>>,
): Readonly<Record<string, Method>> {
  const guard =
    (local: string, method: Method): Method =>
    async (request) => {
      const found = (await unserved(spdk, contract)).find((each) => each.local === local);
      if (found !== undefined) throw new StatusError(Code.UNIMPLEMENTED, `${contract.type}: ${found.reason}`);
      return method(request);
    };
  return Object.fromEntries(Object.entries(methods).map(([local, method]) => [local, guard(local, method)]));
}

async function unserved(spdk: Spdk, contract: ResourceContract): Promise<readonly Unserved[]> {
  try {
    return unservedBy(await spdk.build(), contract);
  } catch (error) {
    // The method itself tells that SPDK is away, and what it could do without SPDK it does.
    if (error instanceof SpdkTransportError) return [];
    throw error;
  }
}
