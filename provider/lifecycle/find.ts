import { status } from "@grpc/grpc-js";
import { valueAt } from "../catalogue/values/property";
import type { Properties } from "../catalogue/values/property";
import { propertiesOf } from "../catalogue/values/wire";
import type { WireMessage } from "../catalogue/values/wire";
import type { Dialect } from "../client/dialect";
import { isMissing } from "../client/dialect";
import { OpiError } from "../client/error";
import type { Place } from "./types";

/**
 * The object of that name, or undefined when the agent says it has none.
 *
 * @throws OpiError when the agent cannot be reached or the call does not work: nothing is known then
 */
export async function find(place: Place, dialect: Dialect, name: string): Promise<WireMessage | undefined> {
  try {
    return await place.agent.get(place.type, name, place.options);
  } catch (error) {
    if (error instanceof OpiError && isMissing(dialect, error)) return undefined;
    throw error;
  }
}

/**
 * Makes sure that an object which the agent says is missing is really gone. An agent that keeps its objects in memory
 * says NOT_FOUND of everything after a restart, while SPDK still has them (recordings/bridge-grpc.jsonl: special.*), so
 * its lists are searched for a trace.
 *
 * @throws OpiError naming what is left and how to remove it
 */
export async function assertGone(place: Place, dialect: Dialect, name: string, outputs: Properties): Promise<void> {
  if (dialect.remembers) return;
  const { type, agent } = place;
  const attempt = { action: `tell whether ${type.noun} is gone:`, object: name, agent: agent.address };
  const forgotten = `agents of dialect ${dialect.name} forget their objects on restart, while the storage process keeps them`;
  const noList = dialect.unavailable[type.noun]?.list;
  if (noList) {
    place.warn(`${name} is gone as far as agent ${agent.address} knows; its lists cannot confirm it: ${noList}`);
    return;
  }
  const parent = type.parent ? name.split("/").slice(0, -2).join("/") : undefined;
  let entries: readonly WireMessage[];
  try {
    entries = await agent.list(type, parent, place.options);
  } catch (error) {
    // A parent that is gone has no children left to list.
    if (error instanceof OpiError && isMissing(dialect, error)) return;
    throw error;
  }
  const trace = entries.find((entry) => isTrace(place, dialect, name, outputs, entry));
  if (!trace) return;
  throw new OpiError(
    status.FAILED_PRECONDITION,
    `the agent does not know it, yet still lists it as "${String(trace["name"])}"; ${forgotten}`,
    attempt,
    `Remove what is left in the storage process (its bdev, subsystem or vhost controller "${lastSegment(name)}"), or ` +
      "restart the storage process, then run pulumi refresh.",
  );
}

function isTrace(place: Place, dialect: Dialect, name: string, outputs: Properties, entry: WireMessage): boolean {
  const { type } = place;
  const listed = typeof entry["name"] === "string" ? entry["name"] : "";
  if (!dialect.namelessLists[type.noun] && listed !== "" && lastSegment(listed) === lastSegment(name)) return true;
  const properties = propertiesOf(type, entry);
  return type.fields
    .filter((field) => field.unique && field.kind === "string" && !field.references)
    .some((field) => {
      const known = valueAt(outputs, field.property);
      return typeof known === "string" && known !== "" && known === properties[field.name];
    });
}

const lastSegment = (name: string): string => name.split("/").pop() ?? name;
