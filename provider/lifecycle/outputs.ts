import type { Field, ResourceType } from "../catalogue";
import { isProperties } from "../catalogue/values/property";
import type { Properties, PropertyValue } from "../catalogue/values/property";
import { propertiesOf } from "../catalogue/values/wire";
import type { WireMessage } from "../catalogue/values/wire";
import type { Dialect } from "../client/dialect";
import { ignores, reads } from "../client/dialect";
import { equivalent, isUnset } from "./compare";
import { inputFields, leaves, topLevel } from "./fields";
import { markerValue } from "./marker";
import { MARKER, NAME } from "./types";

export interface Known {
  /** What is wished, or was known before: its spelling stays where the agent says the same. */
  readonly wished: Properties;
  /** What was known before: kept for what the agent assigned and does not report. */
  readonly before?: Properties;
  /** What the agent answered; absent when it was not asked, or its answer tells nothing. */
  readonly message?: WireMessage;
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
  const reported = message && propertiesOf(type, message);
  const outputs: Record<string, PropertyValue | undefined> = { ...wished, [NAME]: name };
  for (const field of type.fields) {
    const isAgents = field.assigned === true || field.behavior === "output";
    const was = isAgents && isUnset(field, wished[field.name]) ? before[field.name] : wished[field.name];
    outputs[field.name] =
      reported && reads(dialect, type, field.name)
        ? merged(field, was, reported[field.name], (part) => ignores(dialect, type, part.property), dialect)
        : was;
  }
  outputs[MARKER] = markerValue({ dialect: dialect.name, unknown });
  return withoutAbsent(outputs);
}

/** The reported value, in the wished spelling where they mean the same, with the wished secrets in it. */
function merged(
  field: Field,
  wished: PropertyValue | undefined,
  reported: PropertyValue | undefined,
  isIgnored: (field: Field) => boolean,
  dialect: Dialect,
): PropertyValue | undefined {
  if (field.behavior === "output") return reported;
  if (field.secret) return wished;
  // What the agent drops is warned of at preview; as drift it would come back after every update.
  if (isIgnored(field) && !isUnset(field, wished)) return wished;
  if (field.kind !== "message" || field.repeated) {
    return equivalent(field, wished, reported, dialect) ? (wished ?? reported) : reported;
  }
  const [was, is] = [isProperties(wished) ? wished : {}, isProperties(reported) ? reported : {}];
  const parts = (field.fields ?? []).map(
    (part) => [part.name, merged(part, was[part.name], is[part.name], isIgnored, dialect)] as const,
  );
  const object = withoutAbsent(Object.fromEntries(parts));
  // An empty message means nothing more than none; only a wished one is kept as it was written.
  return Object.keys(object).length > 0 || (wished !== undefined && Object.keys(was).length === 0) ? object : undefined;
}

/** Property paths that reads of this dialect can never fill: what an imported object's program must supply. */
export function unreadable(type: ResourceType, dialect: Dialect): readonly string[] {
  return leaves(inputFields(type))
    .filter((field) => field.secret === true || !reads(dialect, type, topLevel(field.property)))
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
    // What is left to the agent stays left to it.
    if (oldInputs && field.assigned && isUnset(field, was)) continue;
    if (!equivalent(field, was, is, dialect)) inputs[field.name] = is;
  }
  return withoutAbsent(inputs);
}

function withoutAbsent(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
}
