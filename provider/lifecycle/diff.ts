import type { Field, ResourceType } from "../catalogue";
import { holdsUnknown, valueAt } from "../catalogue/values/property";
import type { Properties } from "../catalogue/values/property";
import type { Dialect } from "../client/dialect";
import { ignores, mayBeSame, sameReference, updates } from "../client/dialect";
import { equivalent, isUnset } from "./compare";
import { inputFields, leaves, topLevel } from "./fields";
import { markerOf } from "./marker";
import { AUTONAMED, RESOURCE_ID } from "./types";

export interface PropertyChange {
  /** Property path, `limits.max.rwIopsKiops`. */
  readonly path: string;
  readonly kind: "add" | "delete" | "update";
  /** Whether it takes a new object; otherwise it is updated in place. */
  readonly replace: boolean;
  /** Whether it only completes the state: nothing is sent to the agent. */
  readonly stateOnly: boolean;
}

export interface Diff {
  readonly changes: readonly PropertyChange[];
  /** Whether the old object must go before a new one comes, even where only the user wants a new one. */
  readonly deleteBeforeReplace: boolean;
}

export interface DiffRequest {
  /** Outputs of the last deployment or refresh: what is known of the object. */
  readonly olds: Properties;
  /** Checked inputs. */
  readonly news: Properties;
  readonly dialect: Dialect;
  /** Property paths whose changes do not count, with all below them. */
  readonly ignoreChanges?: readonly string[];
}

/**
 * Compares what is known of an object with what is wished. Pure: it works without the agent, by the dialect that the
 * outputs name. Unknown values count as changes.
 */
export function diff(type: ResourceType, request: DiffRequest): Diff {
  const { ignoreChanges = [] } = request;
  const changes = [
    ...identityChanges(type, request),
    ...leaves(inputFields(type)).flatMap((field) => fieldChange(type, field, request) ?? []),
  ].filter(({ path }) => !ignoreChanges.some((ignored) => path === ignored || path.startsWith(`${ignored}.`)));
  return { changes, deleteBeforeReplace: changes.length > 0 && wouldCollide(type, request) };
}

/** Id and parent make the resource name: another name is another object. */
function identityChanges(type: ResourceType, { olds, news, dialect }: DiffRequest): PropertyChange[] {
  const replaced = (path: string): PropertyChange => ({ path, kind: "update", replace: true, stateOnly: false });
  const changes: PropertyChange[] = [];
  if (news[RESOURCE_ID] !== undefined && news[RESOURCE_ID] !== olds[RESOURCE_ID]) changes.push(replaced(RESOURCE_ID));
  if (type.parent) {
    const [before, after] = [olds[type.parent.property], news[type.parent.property]];
    const isSame = typeof before === "string" && typeof after === "string" && sameReference(dialect, before, after);
    if (!isSame) changes.push(replaced(type.parent.property));
  }
  return changes;
}

function fieldChange(
  type: ResourceType,
  field: Field,
  { olds, news, dialect }: DiffRequest,
): PropertyChange | undefined {
  const path = field.property;
  const before = valueAt(olds, path);
  const after = valueAt(news, path);
  if (equivalent(field, before, after, dialect)) return undefined;
  // The agent decides what is left to it; leaving it out again keeps what it is.
  if (field.assigned && isUnset(field, after)) return undefined;
  const kind = isUnset(field, before) ? "add" : isUnset(field, after) ? "delete" : "update";
  // Nobody knows the old value (a secret after import): the new one completes the state. And what the agent drops
  // without a word it would drop again: a new object would be lost data for nothing.
  const stateOnly = (kind === "add" && markerOf(olds).unknown.includes(path)) || ignores(dialect, type, path);
  const shrinks = field.grows === true && typeof before === "number" && typeof after === "number" && after < before;
  const inPlace = !field.immutable && !field.references && !shrinks && updates(dialect, type, topLevel(path));
  return { path, kind, replace: !stateOnly && !inPlace, stateOnly };
}

/**
 * Whether old and new object cannot both exist: they would share the id (only automatic ids change on replacement), or
 * something that the agent gives once.
 */
function wouldCollide(type: ResourceType, { olds, news, dialect }: DiffRequest): boolean {
  if (type.exclusive) return true;
  const id = news[RESOURCE_ID];
  if (news[AUTONAMED] !== true && (id === olds[RESOURCE_ID] || holdsUnknown(id))) return true;
  return inputFields(type).some((field) => {
    const before = olds[field.name];
    const after = news[field.name];
    if (!field.unique || isUnset(field, after)) return false;
    if (holdsUnknown(after) || equivalent(field, before, after, dialect)) return true;
    return typeof before === "string" && typeof after === "string" && mayBeSame(dialect, type, field, before, after);
  });
}
