import { typeByToken } from "../../catalogue";
import type { Area, Field, ResourceType } from "../../catalogue";
import { partsOf, typeToken } from "../named-types";
import type { Entry, Fields, ProgramResource } from "./program";

/** An entry with the field it fills and the area of its resource; ids and parents, which are no fields, are text. */
export interface TypedEntry extends Entry {
  readonly area: Area;
  readonly field?: Field;
}

export function typedEntries(resource: ProgramResource): readonly TypedEntry[] {
  const { area, fields }: ResourceType = typeByToken(resource.token);
  return withFields(area, fields, resource.entries);
}

/** The entries of an object that fills a message field. */
export function innerEntries({ area, field }: TypedEntry, value: Fields): readonly TypedEntry[] {
  return withFields(area, field?.fields ?? [], value.entries);
}

/** Module and name of the object type that a message field takes. */
export function objectParts({ area, field }: TypedEntry): { readonly module: string; readonly name: string } {
  return partsOf(typeToken(area, field?.type ?? ""));
}

/** Whether the schema says `integer`; other numbers are `number`. */
export const isInteger = (field: Field | undefined): boolean => field?.kind === "int32";

function withFields(area: Area, fields: readonly Field[], entries: readonly Entry[]): readonly TypedEntry[] {
  return entries.map((entry) => ({ ...entry, area, field: fields.find(({ name }) => name === entry.property) }));
}
