import { typeByNoun } from "../catalogue";
import type { ResourceType } from "../catalogue";
import type { Properties } from "../catalogue/values/property";
import { messageOf } from "../catalogue/values/wire";
import type { WireMessage } from "../catalogue/values/wire";
import type { Dialect } from "../client/dialect";
import { nameFor, referenceFor } from "../client/dialect";
import { RESOURCE_ID } from "./types";

/** Resource name of the parent; undefined for types without one. A bare id is completed as the dialect spells names. */
export function parentNameOf(type: ResourceType, properties: Properties, dialect: Dialect): string | undefined {
  if (!type.parent) return undefined;
  const given = String(properties[type.parent.property]);
  return given.includes("/") ? given : nameFor(dialect, typeByNoun(type.parent.noun), given);
}

/** The name that the agent will give an object with these properties. */
export function predictedName(type: ResourceType, properties: Properties, dialect: Dialect): string {
  return nameFor(dialect, type, String(properties[RESOURCE_ID]), parentNameOf(type, properties, dialect));
}

/** Id and parent of an object by its name: what an import starts from. */
export function identityOf(type: ResourceType, name: string): Properties {
  const segments = name.split("/");
  const id = segments[segments.length - 1] ?? "";
  return {
    [RESOURCE_ID]: id,
    ...(type.parent ? { [type.parent.property]: segments.slice(0, -2).join("/") } : {}),
  };
}

/** The message that asks for these properties, with references in the form that the dialect's agents take. */
export function wishMessage(type: ResourceType, properties: Properties, dialect: Dialect, name = ""): WireMessage {
  const references = type.fields
    .filter((field) => field.references && typeof properties[field.name] === "string")
    .map((field) => [field.name, referenceFor(dialect, String(properties[field.name]))] as const);
  return messageOf(type, { ...properties, ...Object.fromEntries(references) }, name);
}
