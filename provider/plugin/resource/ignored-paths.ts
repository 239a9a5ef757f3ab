import type { ResourceType } from "../../catalogue";
import { allFields } from "../../lifecycle/fields";
import { RESOURCE_ID } from "../../lifecycle";

/**
 * Property paths of a type that a program's `ignoreChanges` names. Pulumi's paths may be quoted (`limits["max"]`) and
 * hold wildcards (`limits.*.rwBandwidthMbs`); the life cycle's are dotted and plain.
 */
export function ignoredPaths(type: ResourceType, ignoreChanges: readonly string[]): readonly string[] {
  if (ignoreChanges.length === 0) return [];
  const paths = [
    RESOURCE_ID,
    ...(type.parent ? [type.parent.property] : []),
    ...allFields(type.fields).map(({ property }) => property),
  ];
  const wanted = ignoreChanges.map(stepsOf);
  return paths.filter((path) => wanted.some((steps) => matches(steps, path.split("."))));
}

/** `a.b["c"][0].*` → a, b, c, 0, *. */
function stepsOf(path: string): readonly string[] {
  const steps = path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.[\]]+)/g);
  return [...steps].map(([, quoted, index, plain]) => quoted?.replace(/\\(.)/g, "$1") ?? index ?? plain ?? "");
}

function matches(steps: readonly string[], path: readonly string[]): boolean {
  return steps.length === path.length && steps.every((step, at) => step === "*" || step === path[at]);
}
