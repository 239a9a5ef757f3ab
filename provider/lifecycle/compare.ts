import type { Field } from "../catalogue";
import { isProperties, UNKNOWN } from "../catalogue/values/property";
import type { PropertyValue } from "../catalogue/values/property";
import type { Dialect } from "../client/dialect";
import { sameReference } from "../client/dialect";
import { validate } from "./check/formats";

/** Whether two values of a field mean the same to an agent, however they are written. Unknown equals nothing. */
export function equivalent(
  field: Field,
  one: PropertyValue | undefined,
  other: PropertyValue | undefined,
  dialect: Dialect,
): boolean {
  if (one === UNKNOWN || other === UNKNOWN) return false;
  if (isUnset(field, one) || isUnset(field, other)) return isUnset(field, one) && isUnset(field, other);
  if (field.references && typeof one === "string" && typeof other === "string") {
    return sameReference(dialect, one, other);
  }
  if (isProperties(one) && isProperties(other)) {
    return (field.fields ?? []).every((part) => equivalent(part, one[part.name], other[part.name], dialect));
  }
  return normal(field, one) === normal(field, other);
}

/** Whether the wire cannot tell the value from "not set" (proto3 scalars have no presence). */
export function isUnset(field: Field, value: PropertyValue | undefined): boolean {
  if (value === undefined) return true;
  if (Array.isArray(value)) return value.length === 0;
  if (isProperties(value)) return (field.fields ?? []).every((part) => isUnset(part, value[part.name]));
  if (field.presence) return false;
  if (field.kind === "enum") return typeof value === "string" && value.endsWith("_UNSPECIFIED");
  return value === 0 || value === "" || value === false;
}

function normal(field: Field, value: PropertyValue | undefined): string {
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  // Values of an agent may be none that check would let pass.
  if (!field.format || typeof value !== "string") return text;
  const verdict = validate(field.format, text);
  return "ok" in verdict ? verdict.ok : text;
}
