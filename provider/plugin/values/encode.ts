import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { isProperties, UNKNOWN } from "../../catalogue/values/property";
import type { Properties, PropertyValue } from "../../catalogue/values/property";
import { SECRET, SIGNATURE, UNKNOWN_TEXT } from "./signatures";

/** @param secrets paths of the values to mark as secret; empty for an engine that does not know such marks */
export function encode(properties: Properties, secrets: ReadonlySet<string>): Struct {
  return Struct.fromJavaScript(encodeObject(properties, "", secrets));
}

function encodeObject(
  properties: Properties,
  path: string,
  secrets: ReadonlySet<string>,
): Record<string, JavaScriptValue> {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, encodeValue(value, path === "" ? key : `${path}.${key}`, secrets)] as const],
    ),
  );
}

const NONE: ReadonlySet<string> = new Set();

function encodeValue(value: PropertyValue, path: string, secrets: ReadonlySet<string>): JavaScriptValue {
  // Nothing inside a secret is marked once more.
  if (secrets.has(path)) return { [SIGNATURE]: SECRET, value: encodeValue(value, path, NONE) };
  if (value === UNKNOWN) return UNKNOWN_TEXT;
  if (Array.isArray(value)) return value.map((entry: PropertyValue) => encodeValue(entry, path, secrets));
  if (isProperties(value)) return encodeObject(value, path, secrets);
  return value as string | number | boolean;
}
