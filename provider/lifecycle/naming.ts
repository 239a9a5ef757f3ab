import { typeByNoun } from "../catalogue";
import type { ResourceType } from "../catalogue";
import { valueAt, withValueAt } from "../catalogue/values/property";
import type { Properties, PropertyValue } from "../catalogue/values/property";
import { messageOf } from "../catalogue/values/wire";
import type { WireMessage } from "../catalogue/values/wire";
import type { Dialect } from "../client/dialect";
import { idOf, nameFor, parentOf, referenceFor, refusal } from "../client/dialect";
import { isUnset } from "./compare";
import { allFields } from "./fields";
import { RESOURCE_ID } from "./types";

/** Resource name of the parent; undefined for types without one. A bare id is completed as the dialect spells names. */
export function parentNameOf(type: ResourceType, properties: Properties, dialect: Dialect): string | undefined {
  if (!type.parent) return undefined;
  const given = textOf(properties[type.parent.property]);
  return given.includes("/") ? given : nameFor(dialect, typeByNoun(type.parent.noun), given);
}

/** The id in checked inputs. */
export function idIn(inputs: Properties): string {
  return textOf(inputs[RESOURCE_ID]);
}

/** The name that the agent will give an object with these properties. */
export function predictedName(type: ResourceType, properties: Properties, dialect: Dialect): string {
  return nameFor(dialect, type, idIn(properties), parentNameOf(type, properties, dialect));
}

/** Whether a text has as many segments as names of the type have. Collections differ from agent to agent. */
export function isNameOf(type: ResourceType, name: string): boolean {
  const segments = name.split("/");
  return segments.length === type.pattern.split("/").length && segments.every((segment) => segment !== "");
}

/** The inputs that make an object's name: its id, and its parent where it has one. */
export function identityProperties(type: ResourceType): readonly string[] {
  return [RESOURCE_ID, ...(type.parent ? [type.parent.property] : [])];
}

/** Id and parent of an object by its name: what an import starts from. */
export function identityOf(type: ResourceType, name: string): Properties {
  return { [RESOURCE_ID]: idOf(name), ...(type.parent ? { [type.parent.property]: parentOf(type, name) } : {}) };
}

/** The message that asks for these properties, with references in the form that the dialect's agents take. */
export function wishMessage(type: ResourceType, properties: Properties, dialect: Dialect, name = ""): WireMessage {
  const references = type.fields.flatMap(({ name: property, references: nouns }) => {
    const value = properties[property];
    return nouns && typeof value === "string" ? [[property, referenceFor(dialect, value)] as const] : [];
  });
  const wish = withoutEmpty(type, { ...properties, ...Object.fromEntries(references) }, dialect);
  return messageOf(type, wish, name);
}

/**
 * Without messages that hold nothing where the agent refuses what they would hold: some refuse the empty message too
 * (recordings/bridge-grpc.jsonl: QosVolume.bad/create_min_empty_and_max).
 */
function withoutEmpty(type: ResourceType, properties: Properties, dialect: Dialect): Properties {
  return allFields(type.fields)
    .filter(({ property }) => refusal(dialect, type, property) !== undefined)
    .filter((field) => isUnset(field, valueAt(properties, field.property)))
    .reduce((rest, { property }) => withValueAt(rest, property, undefined), properties);
}

/** Check vouches for texts where names and ids stand. */
function textOf(value: PropertyValue | undefined): string {
  return typeof value === "string" ? value : "";
}
