import { typeByNoun } from "../../catalogue";
import type { Field, ResourceType } from "../../catalogue";
import { UNKNOWN } from "../../catalogue/values/property";
import type { PropertyValue } from "../../catalogue/values/property";
import type { Failure } from "../types";
import { quote } from "./quote";

/** A segment of a name made by any agent: bdevs that were not made through OPI have names of every kind. */
const SEGMENT = /^[^/\s\p{Cc}]{1,255}$/u;

/**
 * Checks that a value can be a resource name or a bare id (AIP-122). The collection is not held against the contract's
 * pattern: the reference bridge names volumes of every kind `volumes/…` (recordings/bridge-grpc.jsonl: NullVolume/create).
 */
function checkReference(property: string, nouns: readonly string[], value: PropertyValue): readonly Failure[] {
  if (value === UNKNOWN) return [];
  const segments = typeof value === "string" ? value.split("/") : [];
  const isName = segments.length === 1 || (segments.length > 0 && segments.length % 2 === 0);
  if (isName && segments.every((segment) => SEGMENT.test(segment))) return [];
  const either = nouns.join(", ").replace(/, (\w+)$/, " or $1");
  return [{ property, reason: `expected the name of a ${either}, such as ${example(nouns[0])}, got ${quote(value)}` }];
}

/** Checks the references among a type's fields. */
export function checkReferences(
  type: ResourceType,
  inputs: Readonly<Record<string, PropertyValue | undefined>>,
): readonly Failure[] {
  const fields = type.fields.filter((field): field is Field & { references: readonly string[] } => !!field.references);
  return fields.flatMap((field) => {
    const value = inputs[field.name];
    return value === undefined || value === "" ? [] : checkReference(field.property, field.references, value);
  });
}

/** Checks the property by which a child names its parent. */
export function checkParent(type: ResourceType, value: PropertyValue | undefined): readonly Failure[] {
  if (!type.parent) return [];
  const { noun, property } = type.parent;
  if (value === undefined || value === "") {
    return [{ property, reason: `missing: ${type.noun} needs the name of its ${noun}, such as ${example(noun)}` }];
  }
  return checkReference(property, [noun], value);
}

function example(noun: string | undefined): string {
  return noun ? typeByNoun(noun).pattern.replace(/\{(\w+)\}/g, (_, word: string) => `${word}-1`) : "";
}
