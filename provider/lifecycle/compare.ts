import type { Field } from "../catalogue";
import { isProperties, UNKNOWN } from "../catalogue/values/property";
import type { PropertyValue } from "../catalogue/values/property";
import type { Dialect } from "../client/dialect";
import { sameReference } from "../client/dialect";

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
  if (field.kind === "message" && isProperties(one) && isProperties(other)) {
    return (field.fields ?? []).every((part) => equivalent(part, one[part.name], other[part.name], dialect));
  }
  return normal(field, one) === normal(field, other);
}

/** Whether the wire cannot tell the value from "not set" (proto3 scalars have no presence). */
export function isUnset(field: Field, value: PropertyValue | undefined): boolean {
  if (value === undefined) return true;
  if (field.kind === "message") {
    return isProperties(value) && (field.fields ?? []).every((part) => isUnset(part, value[part.name]));
  }
  if (field.presence) return false;
  if (field.kind === "enum") return typeof value === "string" && value.endsWith("_UNSPECIFIED");
  return value === 0 || value === "" || value === false || (Array.isArray(value) && value.length === 0);
}

function normal(field: Field, value: PropertyValue | undefined): string {
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  switch (field.format) {
    case "uuid":
    case "nguid":
      return text.toLowerCase().replace(/-/g, "");
    case "eui64":
    case "hex":
      return text.toLowerCase();
    case "transportAddress":
      return canonicalAddress(text);
    default:
      return text;
  }
}

/** IPv6 has many spellings of one address (RFC 5952); the URL parser knows the canonical one. */
function canonicalAddress(address: string): string {
  if (!address.includes(":") || !URL.canParse(`http://[${address}]`)) return address.toLowerCase();
  return new URL(`http://[${address}]`).hostname;
}
