import { typeByNoun } from "../../catalogue";
import type { Field, ResourceType } from "../../catalogue";
import { UNKNOWN } from "../../catalogue/values/property";
import type { PropertyValue } from "../../catalogue/values/property";
import type { Failure } from "../types";

const SEGMENT = /^[A-Za-z0-9]([A-Za-z0-9._~-]{0,253})$/;

/**
 * Checks that a value can be a resource name or a bare id (AIP-122). The collection is not held against the contract's
 * pattern: the reference bridge names volumes of every kind `volumes/…` (recordings/bridge-grpc.jsonl: NullVolume/create).
 */
export function checkReference(property: string, nouns: readonly string[], value: PropertyValue): readonly Failure[] {
  if (value === UNKNOWN) return [];
  const expected = `expected the name of a ${nouns.join(", ").replace(/, (\w+)$/, " or $1")}, such as ${example(nouns[0])}`;
  if (typeof value !== "string") return [{ property, reason: expected }];
  const segments = value.split("/");
  const isName = segments.length === 1 || segments.length % 2 === 0;
  return isName && segments.every((segment) => SEGMENT.test(segment))
    ? []
    : [{ property, reason: `${expected}, got ${JSON.stringify(value)}` }];
}

/** Checks the references among a type's fields, and its parent. */
export function checkReferences(
  type: ResourceType,
  inputs: { readonly [key: string]: PropertyValue | undefined },
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
