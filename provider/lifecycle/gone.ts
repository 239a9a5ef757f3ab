import { status } from "@grpc/grpc-js";
import type { Field } from "../catalogue";
import { valueAt } from "../catalogue/values/property";
import type { Properties } from "../catalogue/values/property";
import { propertiesOf } from "../catalogue/values/wire";
import type { WireMessage } from "../catalogue/values/wire";
import type { Dialect } from "../client/dialect";
import { idOf, isMissing, parentOf } from "../client/dialect";
import { OpiError } from "../client/error";
import { quote } from "./check/quote";
import { equivalent, isUnset } from "./compare";
import { leaves } from "./fields";
import { ownerOf } from "./name-space";
import type { Place } from "./types";

/**
 * Makes sure that an object which the agent says is missing is really gone. An agent that keeps its objects in memory
 * says NOT_FOUND of everything after a restart, while SPDK still has them (recordings/bridge-grpc.jsonl:
 * special.restart_bridge/after_GetNullVolume), so its lists are searched for a trace.
 *
 * @param known what is known of the object: id, NQN and the like
 * @throws OpiError naming what is left and how to remove it
 */
export async function assertGone(place: Place, dialect: Dialect, name: string, known: Properties): Promise<void> {
  const trace = await traceOf(place, dialect, name, known);
  if (trace === undefined) return;
  const { type, agent } = place;
  throw new OpiError(
    status.FAILED_PRECONDITION,
    `the agent does not know it, yet still lists ${trace}: agents of dialect ${dialect.name} forget their objects on ` +
      "restart, while the storage process keeps them",
    { action: `tell whether ${type.noun} is gone:`, object: name, agent: agent.address },
    traceRemedy(place, dialect, name, known),
  );
}

/** What to do about an object that SPDK has and the agent does not. */
export function traceRemedy({ type }: Place, dialect: Dialect, name: string, known: Properties): string {
  const values: Properties = { ...known, id: idOf(name), parent: idOf(parentOf(type, name) ?? "") };
  const valueOf = (key: string): string => {
    const value = values[key];
    return typeof value === "string" ? value : `its ${key}`;
  };
  const command = dialect.removal[type.noun]?.replace(/\{(\w+)\}/g, (_, key: string) => valueOf(key));
  return (
    `Remove what is left in the storage process (${command ?? `what belongs to "${idOf(name)}"`}), or restart that ` +
    "process, then run pulumi refresh."
  );
}

/**
 * How the agent's lists still show an object that the agent itself does not know: `"null1"`, by its id, or
 * `nqn nqn.2014-08.org.example:disk-1`. Undefined when they do not, or cannot.
 *
 * @throws OpiError when the agent cannot be asked
 */
export async function traceOf(
  place: Place,
  dialect: Dialect,
  name: string,
  known: Properties,
): Promise<string | undefined> {
  if (dialect.remembers) return undefined;
  const { type, agent } = place;
  const noList = dialect.unavailable[type.noun]?.list;
  if (noList) {
    place.warn(`${name} is gone as far as agent ${agent.address} knows; its lists cannot confirm it: ${noList}`);
    return undefined;
  }
  let entries: readonly WireMessage[];
  try {
    entries = await agent.list(type, parentOf(type, name), place.options);
  } catch (error) {
    // No list below a parent that is unknown itself. Should SPDK still have it, its own trace tells, and what is below
    // it goes with it.
    if (error instanceof OpiError && isMissing(dialect, error)) return undefined;
    throw error;
  }
  for (const entry of entries) {
    const listed = typeof entry.name === "string" ? entry.name : "";
    if (!dialect.namelessLists[type.noun] && listed !== "" && idOf(listed) === idOf(name)) {
      return (await ownerOf(place, dialect, name)) === undefined ? `"${listed}"` : undefined;
    }
    const shared = sharedName(place, dialect, known, entry);
    if (shared) return shared;
  }
  return undefined;
}

/** The name besides the id (NQN, UUID, address) that an entry has in common with what is known, in words. */
function sharedName({ type }: Place, dialect: Dialect, known: Properties, entry: WireMessage): string | undefined {
  const listed = propertiesOf(type, entry);
  const unique = leaves(type.fields.filter((field) => field.unique && !field.references));
  const told = unique.filter((field) => isTold(field, known) && isTold(field, listed));
  const isSame = (field: Field): boolean =>
    equivalent(field, valueAt(known, field.property), valueAt(listed, field.property), dialect);
  // A number or an enum alone is no name; and paths to one address may differ in their ports.
  const shared = told.find((field) => field.kind === "string" && isSame(field));
  return shared && told.every(isSame) ? `${shared.property} ${quote(valueAt(listed, shared.property))}` : undefined;
}

const isTold = (field: Field, properties: Properties): boolean => !isUnset(field, valueAt(properties, field.property));
