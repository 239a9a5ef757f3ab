import type { ResourceType } from "../../catalogue";
import { allFields } from "../../lifecycle/fields";

/** Paths of a type's values that are secret whether or not the program says so. */
export function secretsOf(type: ResourceType): ReadonlySet<string> {
  const known = ofTypes.get(type) ?? new Set(secretPaths(type));
  ofTypes.set(type, known);
  return known;
}

const ofTypes = new WeakMap<ResourceType, ReadonlySet<string>>();

function secretPaths(type: ResourceType): readonly string[] {
  return allFields(type.fields)
    .filter(({ secret }) => secret)
    .map(({ property }) => property);
}

export function union(...sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  return new Set(sets.flatMap((set) => [...set]));
}
