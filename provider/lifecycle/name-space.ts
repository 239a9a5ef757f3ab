import { typeByNoun } from "../catalogue";
import type { Dialect } from "../client/dialect";
import { OpiError } from "../client/error";
import { find } from "./find";
import type { Place } from "./types";

/**
 * The type of another object that has this name, where types share one space of names in SPDK: their lists show each
 * other's objects (recordings/bridge-grpc.jsonl: special.pagination2/list_malloc_sees_all_bdevs), so that an entry may
 * be that one's. Undefined when the agent knows none.
 */
export async function ownerOf(place: Place, dialect: Dialect, name: string): Promise<string | undefined> {
  const { noun } = place.type;
  const sharing = dialect.nameSpaces.find((nouns) => nouns.includes(noun)) ?? [];
  for (const other of sharing.filter((each) => each !== noun)) {
    try {
      if (await find({ ...place, type: typeByNoun(other) }, dialect, name)) return other;
    } catch (error) {
      // Who cannot be asked is no owner.
      if (!(error instanceof OpiError)) throw error;
    }
  }
  return undefined;
}
