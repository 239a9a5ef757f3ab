import type { ResourceType } from "../../catalogue";
import { isProperties, UNKNOWN, valueAt } from "../../catalogue/values/property";
import type { Properties, PropertyValue } from "../../catalogue/values/property";
import type { Caveat, Dialect } from "../../client/dialect";
import { isUnset } from "../compare";
import { allFields, inputFields } from "../fields";
import type { Failure } from "../types";
import { AUTONAMED, RESOURCE_ID } from "../types";
import { quote } from "./quote";

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
    const isScalar = typeof value === "string" || typeof value === "number";
    return isScalar && !values.includes(value)
      ? [{ property, reason: `this agent takes ${values.join(", ")}, not ${value}` }]
      : [];
  });
  const misshapen = Object.entries(dialect.patterns[type.noun] ?? {}).flatMap(([property, { pattern, form }]) => {
    const value = valueAt(inputs, property);
    return typeof value === "string" && !pattern.test(value)
      ? [{ property, reason: `this agent wants the form ${form}; got ${quote(value)}` }]
      : [];
  });
  const ignored = (dialect.ignores[type.noun] ?? [])
    .filter(isGiven)
    .map((path) => `${type.noun}.${path}: agents of dialect ${dialect.name} ignore it`);
  const applies = ({ property, when }: Caveat): boolean => {
    if (typeof when === "object") return valueAt(inputs, property) === when.is;
    return when === "always" || isGiven(property) === (when === "given");
  };
  const caveats = (dialect.caveats[type.noun] ?? [])
    .filter(applies)
    .map(({ property, text }) => `${type.noun}${property ? `.${property}` : ""}: ${text}`);
  const failures = [...unchosenId(type, inputs, dialect), ...refused, ...unaccepted, ...misshapen];
  return { failures, warnings: [...ignored, ...caveats] };
}

/** An automatic id says nothing where ids have a meaning. */
function unchosenId(type: ResourceType, inputs: Properties, dialect: Dialect): readonly Failure[] {
  const meaning = dialect.chosenIds[type.noun];
  if (meaning === undefined || inputs[AUTONAMED] !== true) return [];
  return [{ property: RESOURCE_ID, reason: `missing: with agents of dialect ${dialect.name} it is ${meaning}` }];
}

/** What is known of a value: unknown parts may turn out to be anything, so nothing is said of them yet. */
function known(value: PropertyValue | undefined): PropertyValue | undefined {
  if (value === UNKNOWN) return undefined;
  if (!isProperties(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, known(part)]));
}
