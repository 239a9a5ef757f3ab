import type { Field, ResourceType } from "../catalogue";
import { holdsUnknown, valueAt } from "../catalogue/values/property";
import type { Properties } from "../catalogue/values/property";
import type { Dialect } from "../client/dialect";
import { sameReference, updates } from "../client/dialect";
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
  /** Whether it only completes the state: a value that the agent has but never told. */
  readonly stateOnly: boolean;
}

export interface Diff {
  readonly changes: readonly PropertyChange[];
  /** Whether the old object must go before the new one comes. */
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
export function diff(type: ResourceType, { olds, news, dialect, ignoreChanges = [] }: DiffRequest): Diff {
  const changes = [
    ...identityChanges(type, olds, news, dialect),
    ...leaves(inputFields(type)).flatMap((field) => fieldChange(type, field, olds, news, dialect) ?? []),
  ].filter(({ path }) => !ignoreChanges.some((ignored) => path === ignored || path.startsWith(`${ignored}.`)));
  const replaces = changes.some(({ replace }) => replace);
  return { changes, deleteBeforeReplace: replaces && wouldCollide(type, olds, news) };
}

/** Id and parent make the resource name: another name is another object. */
function identityChanges(type: ResourceType, olds: Properties, news: Properties, dialect: Dialect): PropertyChange[] {
  const changes: PropertyChange[] = [];
  const replaced = (path: string): void => {
    changes.push({ path, kind: "update", replace: true, stateOnly: false });
  };
  if (news[RESOURCE_ID] !== undefined && news[RESOURCE_ID] !== olds[RESOURCE_ID]) replaced(RESOURCE_ID);
  if (type.parent) {
    const [before, after] = [olds[type.parent.property], news[type.parent.property]];
    const same = typeof before === "string" && typeof after === "string" && sameReference(dialect, before, after);
    if (!same) replaced(type.parent.property);
  }
  return changes;
}

function fieldChange(
  type: ResourceType,
  field: Field,
  olds: Properties,
  news: Properties,
  dialect: Dialect,
): PropertyChange | undefined {
  const before = valueAt(olds, field.property);
  const after = valueAt(news, field.property);
  if (equivalent(field, before, after, dialect)) return undefined;
  // The agent decides what is left to it; leaving it out again keeps what it is.
  if (after === undefined && field.assigned) return undefined;
  const kind = before === undefined ? "add" : after === undefined ? "delete" : "update";
  // Nobody knows the old value (a secret after import): the new one completes the state and costs no call.
  const stateOnly = before === undefined && markerOf(olds).unknown.includes(field.property);
  const inPlace = !field.immutable && !field.references && updates(dialect, type, topLevel(field.property));
  return { path: field.property, kind, replace: !stateOnly && !inPlace, stateOnly };
}

/**
 * Whether old and new object cannot both exist: they would share the id (only automatic ids change on replacement), or
 * a name that the agent allows once.
 */
function wouldCollide(type: ResourceType, olds: Properties, news: Properties): boolean {
  if (news[AUTONAMED] !== true && (news[RESOURCE_ID] === olds[RESOURCE_ID] || holdsUnknown(news[RESOURCE_ID])))
    return true;
  return inputFields(type)
    .filter((field) => field.unique)
    .some((field) => {
      const after = news[field.name];
      if (isUnset(field, after)) return false;
      return holdsUnknown(after) || JSON.stringify(after) === JSON.stringify(olds[field.name]);
    });
}
