import { typeByNoun } from "../catalogue";
import type { ResourceType } from "../catalogue";
import { withValueAt } from "../catalogue/values/property";
import type { Properties } from "../catalogue/values/property";
import { propertiesOf } from "../catalogue/values/wire";
import type { Dialect } from "../client/dialect";
import { nameFor } from "../client/dialect";
import { OpiError } from "../client/error";
import { find } from "./find";
import type { Place } from "./types";

/**
 * The properties with references to objects that are nothing by themselves, such as QoS volumes on SPDK, replaced by
 * what those stand for: agents with bare ids look for a block device of that name, and there is none
 * (recordings/bridge-grpc.jsonl: special.refs/ns_on_qos_id).
 */
export async function withStandIns(place: Place, dialect: Dialect, properties: Properties): Promise<Properties> {
  if (dialect.references !== "id") return properties;
  let resolved = properties;
  for (const { name, references = [] } of place.type.fields) {
    for (const noun of references.filter((each) => each !== place.type.noun)) {
      const value = properties[name];
      const path = dialect.standsFor[noun];
      if (path === undefined || typeof value !== "string") continue;
      const target = await targetOf(place, dialect, typeByNoun(noun), value, path);
      if (target !== undefined) resolved = withValueAt(resolved, name, target);
    }
  }
  return resolved;
}

/** What the object of that name stands for; undefined when the name is another type's. */
async function targetOf(
  place: Place,
  dialect: Dialect,
  type: ResourceType,
  reference: string,
  path: string,
): Promise<string | undefined> {
  const name = reference.includes("/") ? reference : nameFor(dialect, type, reference);
  try {
    const message = await find({ ...place, type }, dialect, name);
    const target = message && propertiesOf(type, message)[path];
    return typeof target === "string" ? target : undefined;
  } catch (error) {
    // The create itself will tell what is wrong with the agent.
    if (error instanceof OpiError) return undefined;
    throw error;
  }
}
