import type { ResourceType } from "../../catalogue";
import { isProperties, UNKNOWN, valueAt } from "../../catalogue/values/property";
import type { Properties, PropertyValue } from "../../catalogue/values/property";
import type { Dialect } from "../../client/dialect";
import { isUnset } from "../compare";
import { allFields, inputFields } from "../fields";
import type { Failure } from "../types";

export interface AgentCheck {
  readonly failures: readonly Failure[];
  readonly warnings: readonly string[];
}

/** Checks what only the agent can tell: whether it serves the type, its ciphers, the fields it refuses or drops. */
export function checkAgent(type: ResourceType, inputs: Properties, dialect: Dialect): AgentCheck {
  const missing = dialect.unavailable[type.noun]?.create;
  if (missing) {
    return {
      failures: [{ property: "", reason: `agents of dialect ${dialect.name} have no ${type.noun}: ${missing}` }],
      warnings: [],
    };
  }
  const fields = allFields(inputFields(type));
  const isGiven = (path: string): boolean => {
    const field = fields.find(({ property }) => property === path);
    return field !== undefined && !isUnset(field, known(valueAt(inputs, path)));
  };
  const refused = Object.entries(dialect.refuses[type.noun] ?? {})
    .filter(([path]) => isGiven(path))
    .map(([property, reason]) => ({ property, reason: `this agent refuses it: ${reason}` }));
  const unaccepted = Object.entries(dialect.accepts[type.noun] ?? {}).flatMap(([property, values]) => {
    const value = valueAt(inputs, property);
    return typeof value === "string" && !values.includes(value)
      ? [{ property, reason: `this agent takes ${values.join(", ")}, not ${value}` }]
      : [];
  });
  const warnings = (dialect.ignores[type.noun] ?? [])
    .filter(isGiven)
    .map((path) => `${type.noun}.${path}: agents of dialect ${dialect.name} ignore it`);
  return { failures: [...refused, ...unaccepted], warnings };
}

/** What is known of a value: unknown parts may turn out to be anything, so nothing is said of them yet. */
function known(value: PropertyValue | undefined): PropertyValue | undefined {
  if (value === UNKNOWN) return undefined;
  if (!isProperties(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, known(part)]));
}
