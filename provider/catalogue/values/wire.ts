import { enumByName } from "../index";
import type { Field, ResourceType } from "../types";
import { isProperties } from "./property";
import type { Properties, PropertyValue } from "./property";

/**
 * A message as plain values: keys in camelCase, int64 as bigint, bytes as Uint8Array, enums as numbers, wrappers as
 * their value, absent messages and wrappers as undefined. It is what ts-proto's codecs take and give.
 */
export type WireMessage = Readonly<Record<string, unknown>>;

/** The resource message that `properties` wish for; what is absent there is absent here. */
export function messageOf(type: ResourceType, properties: Properties, name = ""): WireMessage {
  const message: Record<string, unknown> = { name };
  for (const field of type.fields) {
    const value = toWire(field, properties[field.name]);
    if (value === undefined) continue;
    const spec = dissolvedIn(field);
    if (spec) message[spec] = { ...(message[spec] as WireMessage | undefined), [field.name]: value };
    else message[field.name] = value;
  }
  // A spec is required even when nothing in it is set.
  if (type.fields.some((field) => dissolvedIn(field) === "spec")) message.spec ??= {};
  return message;
}

/** The properties that a resource message tells, without its name. Zero values without presence are left out. */
export function propertiesOf(type: ResourceType, message: WireMessage): Properties {
  const properties: Record<string, PropertyValue> = {};
  for (const field of type.fields) {
    const spec = dissolvedIn(field);
    const holder = spec ? (message[spec] as WireMessage | undefined) : message;
    const value = fromWire(field, holder?.[field.name]);
    if (value !== undefined) properties[field.name] = value;
  }
  return properties;
}

/** The properties of any message by its fields: counters, inventory. Zero numbers are values here. */
export function plainProperties(fields: readonly Field[], message: WireMessage): Properties {
  return Object.fromEntries(fields.map((field) => [field.name, fromWire(field, message[field.name], true)]));
}

function dissolvedIn(field: Field): "spec" | "status" | undefined {
  const holder = field.path.slice(0, -(field.path.split(".").pop() ?? "").length - 1);
  return holder === "spec" || holder === "status" ? holder : undefined;
}

function toWire(field: Field, value: PropertyValue | undefined): unknown {
  if (value === undefined) return undefined;
  if (field.repeated && Array.isArray(value)) return value.map((entry: PropertyValue) => toWireOne(field, entry));
  return toWireOne(field, value);
}

function toWireOne(field: Field, value: PropertyValue): unknown {
  switch (field.kind) {
    case "message":
      if (!isProperties(value)) return undefined;
      return Object.fromEntries(
        (field.fields ?? []).flatMap((inner) => {
          const wire = toWire(inner, value[inner.name]);
          return wire === undefined ? [] : [[inner.name, wire]];
        }),
      );
    case "int64":
      return field.format === "eui64" ? BigInt.asIntN(64, BigInt(`0x${textOf(value)}`)) : BigInt(Number(value));
    case "int32":
    case "uint32":
      return Number(value);
    case "bytes":
      return field.format === "psk" ? Buffer.from(textOf(value), "utf8") : Buffer.from(textOf(value), "hex");
    case "enum":
      return enumNumber(field, value);
    case "bool":
      return value === true;
    case "string":
      return textOf(value);
  }
}

/** A value newer than our contract goes by its number, as it came. */
function enumNumber(field: Field, value: PropertyValue): number {
  const known = enumByName(field.type ?? "").values.find(({ name }) => name === value);
  return known?.number ?? (/^-?[0-9]+$/.test(textOf(value)) ? Number(value) : 0);
}

/** Checked values of text fields are text or numbers. */
function textOf(value: PropertyValue): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function fromWire(field: Field, value: unknown, keepZero = false): PropertyValue | undefined {
  if (value === undefined || value === null) return undefined;
  if (field.repeated && Array.isArray(value)) {
    // A zero in a list is one of its entries; only in a message can it stand for absence.
    const keep = keepZero || field.kind !== "message";
    return value.flatMap((entry: unknown) => fromWireOne(field, entry, keep) ?? []);
  }
  return fromWireOne(field, value, keepZero);
}

function fromWireOne(field: Field, value: unknown, keepZero: boolean): PropertyValue | undefined {
  const zeroIsValue = keepZero || field.presence === true || field.behavior === "output";
  switch (field.kind) {
    case "message": {
      const inner = (field.fields ?? []).flatMap((part) => {
        const known = fromWire(part, (value as WireMessage)[part.name], keepZero);
        return known === undefined ? [] : [[part.name, known] as const];
      });
      return Object.fromEntries(inner);
    }
    case "int64": {
      const number = BigInt(value as bigint | number);
      if (number === 0n && (!zeroIsValue || field.format === "eui64")) return undefined;
      return field.format === "eui64" ? BigInt.asUintN(64, number).toString(16).padStart(16, "0") : Number(number);
    }
    case "int32":
    case "uint32":
      return value === 0 && !zeroIsValue ? undefined : Number(value);
    case "bytes": {
      const bytes = Buffer.from(value as Uint8Array);
      if (bytes.length === 0) return undefined;
      return field.format === "psk" ? bytes.toString("utf8") : bytes.toString("hex");
    }
    case "enum": {
      const entry = enumByName(field.type ?? "").values.find(({ number }) => number === value);
      // A value newer than our contract is shown as its number rather than dropped.
      return value === 0 && field.behavior !== "output" ? undefined : (entry?.name ?? String(value));
    }
    case "bool":
      return value === false && !zeroIsValue ? undefined : value === true;
    case "string":
      return value === "" && !keepZero ? undefined : String(value);
  }
}
