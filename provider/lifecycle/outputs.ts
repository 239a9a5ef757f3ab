import type { Field, ResourceType } from "../catalogue";
import { isProperties } from "../catalogue/values/property";
import type { Properties, PropertyValue } from "../catalogue/values/property";
import { propertiesOf } from "../catalogue/values/wire";
import type { WireMessage } from "../catalogue/values/wire";
import type { Dialect } from "../client/dialect";
import { reads } from "../client/dialect";
import { equivalent } from "./compare";
import { inputFields, leaves, topLevel } from "./fields";
import { markerValue } from "./marker";
import { MARKER, NAME } from "./types";

export interface Known {
  /** What is wished, or was known before: its spelling stays where the agent says the same. */
  readonly wished: Properties;
  /** What was known before: kept for what the agent assigned and does not report. */
  readonly before?: Properties;
  /** What the agent answered. */
  readonly message: WireMessage;
  /** Resource name, as the agent gave it. */
  readonly name: string;
  /** Property paths whose value nobody knows. */
  readonly unknown?: readonly string[];
}

/**
 * The outputs of an object. What the dialect's reads report is the truth, zero included; what they do not report keeps
 * the wished or known value; secrets never come from the agent (DESIGN.md, read).
 */
export function outputsOf(type: ResourceType, dialect: Dialect, known: Known): Properties {
  const { wished, before = {}, message, name, unknown = [] } = known;
  const reported = propertiesOf(type, message);
  const outputs: Record<string, PropertyValue | undefined> = { ...wished, [NAME]: name };
  for (const field of type.fields) {
    const told = reads(dialect, type, field.name);
    const fallback =
      wished[field.name] ?? (field.assigned || field.behavior === "output" ? before[field.name] : undefined);
    outputs[field.name] = told ? merged(field, fallback, reported[field.name], dialect) : fallback;
  }
  outputs[MARKER] = markerValue({ dialect: dialect.name, unknown });
  return Object.fromEntries(Object.entries(outputs).filter(([, value]) => value !== undefined));
}

/** The reported value, in the wished spelling where they mean the same, with the wished secrets in it. */
function merged(
  field: Field,
  wished: PropertyValue | undefined,
  reported: PropertyValue | undefined,
  dialect: Dialect,
): PropertyValue | undefined {
  if (field.secret || field.repeated) return field.secret ? wished : reported;
  if (field.kind !== "message") return equivalent(field, wished, reported, dialect) ? wished : reported;
  if (wished === undefined && reported === undefined) return undefined;
  const [was, is] = [isProperties(wished) ? wished : {}, isProperties(reported) ? reported : {}];
  const parts = (field.fields ?? []).flatMap((part) => {
    const value = merged(part, was[part.name], is[part.name], dialect);
    return value === undefined ? [] : [[part.name, value] as const];
  });
  return parts.length === 0 && reported === undefined && Object.keys(was).length > 0
    ? undefined
    : Object.fromEntries(parts);
}

/** Property paths that reads of this dialect can never fill: what an imported object's program must supply. */
export function unreadable(type: ResourceType, dialect: Dialect): readonly string[] {
  return leaves(inputFields(type))
    .filter((field) => field.secret || !reads(dialect, type, topLevel(field.property)))
    .map((field) => field.property);
}

/**
 * The inputs that describe what outputs say: after import the whole object, after refresh the old inputs with what has
 * drifted since.
 */
export function inputsOf(
  type: ResourceType,
  dialect: Dialect,
  outputs: Properties,
  oldInputs: Properties | undefined,
): Properties {
  const inputs: Record<string, PropertyValue | undefined> = { ...oldInputs };
  for (const field of inputFields(type)) {
    const was = oldInputs?.[field.name];
    const is = outputs[field.name];
    if (oldInputs && was === undefined && field.assigned) continue;
    if (!equivalent(field, was, is, dialect)) inputs[field.name] = is;
  }
  return Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined));
}
