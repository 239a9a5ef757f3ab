import type { Field, ResourceType } from "../catalogue";

/** All fields without fields of their own, messages dissolved: what diff compares and masks name. */
export function leaves(fields: readonly Field[]): readonly Field[] {
  return fields.flatMap((field) => (field.fields && !field.repeated ? leaves(field.fields) : [field]));
}

/** All fields at every level, messages included. */
export function allFields(fields: readonly Field[]): readonly Field[] {
  return fields.flatMap((field) => [field, ...allFields(field.fields ?? [])]);
}

/** The fields that users set. */
export function inputFields(type: ResourceType): readonly Field[] {
  return type.fields.filter((field) => field.behavior !== "output");
}

/** First segment of a property path: dialects speak of top-level properties. */
export function topLevel(property: string): string {
  return property.split(".", 1)[0] ?? property;
}
