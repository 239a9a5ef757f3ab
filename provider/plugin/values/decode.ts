import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { UNKNOWN } from "../../catalogue/values/property";
import type { Properties, PropertyValue } from "../../catalogue/values/property";
import { ARCHIVE, ASSET, OUTPUT, RESOURCE_REFERENCE, SECRET, SIGNATURE, UNKNOWN_MARKS } from "./signatures";

/** Properties as the life cycle takes them, and which of them are secret. */
export interface Decoded {
  readonly properties: Properties;
  /** Paths of the values that are secret with all below them. */
  readonly secrets: ReadonlySet<string>;
}

/** A value that no property of this provider can take. */
export class UnsupportedValue extends Error {
  override readonly name = "UnsupportedValue";

  constructor(
    readonly property: string,
    readonly reason: string,
  ) {
    super(`${property}: ${reason}`);
  }
}

/** @throws UnsupportedValue for assets, archives, and what has a signature that nobody knows */
export function decode(struct: Struct | undefined): Decoded {
  const secrets = new Set<string>();
  // A structure is an object of JSON values.
  const plain = (struct?.toJavaScript() ?? {}) as Readonly<Record<string, unknown>>;
  return { properties: decodeObject(plain, "", secrets), secrets };
}

function decodeObject(value: Readonly<Record<string, unknown>>, path: string, secrets: Set<string>): Properties {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      const decoded = decodeValue(inner, path === "" ? key : `${path}.${key}`, secrets);
      return decoded === undefined ? [] : [[key, decoded] as const];
    }),
  );
}

/** @returns undefined for null, which means "not set" */
function decodeValue(value: unknown, path: string, secrets: Set<string>): PropertyValue | undefined {
  if (value === null || value === undefined) return undefined;
  if (UNKNOWN_MARKS.has(value)) return UNKNOWN;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (Array.isArray(value)) {
    // A secret element makes the list secret: lists are taken and given as a whole.
    const inner = new Set<string>();
    const decoded = value.map((entry) => decodeValue(entry, path, inner)).filter((entry) => entry !== undefined);
    if (inner.size > 0) secrets.add(path);
    return decoded;
  }
  // What is left of JSON are objects.
  return decodeMarked(value as Readonly<Record<string, unknown>>, path, secrets);
}

function decodeMarked(
  value: Readonly<Record<string, unknown>>,
  path: string,
  secrets: Set<string>,
): PropertyValue | undefined {
  switch (value[SIGNATURE]) {
    case undefined:
      return decodeObject(value, path, secrets);
    case SECRET:
      secrets.add(path);
      return decodeValue(value.value, path, secrets);
    case OUTPUT:
      if (value.secret === true) secrets.add(path);
      return "value" in value ? decodeValue(value.value, path, secrets) : UNKNOWN;
    case RESOURCE_REFERENCE:
      return referenced(value, path);
    case ASSET:
    case ARCHIVE:
      throw new UnsupportedValue(path, "is a file or an archive: no property of this provider takes one");
    default:
      throw new UnsupportedValue(path, "is a value of a kind that this version of the provider does not know");
  }
}

/** A resource in place of a value means its id, which for resources of this provider is the resource name. */
function referenced({ id }: Readonly<Record<string, unknown>>, path: string): PropertyValue {
  if (id === "" || UNKNOWN_MARKS.has(id)) return UNKNOWN;
  if (typeof id === "string") return id;
  throw new UnsupportedValue(path, "is a component, which has no id: give a resource, or its name");
}
