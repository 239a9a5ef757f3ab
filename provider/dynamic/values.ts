import { isProperties, UNKNOWN } from "../catalogue/values/property";
import type { Properties, PropertyValue } from "../catalogue/values/property";

/** How the engine writes a value that is not known yet; dynamic providers see the marker itself. */
const UNKNOWN_MARKER = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What the engine hands to a dynamic provider. */
export type EngineProperties = Record<string, unknown>;

/** Engine values as life-cycle values; null is absent. */
export function fromEngine(properties: EngineProperties): Properties {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, value]) =>
      value === null || value === undefined ? [] : [[key, valueFromEngine(value)] as const],
    ),
  );
}

function valueFromEngine(value: unknown): PropertyValue {
  if (value === UNKNOWN_MARKER) return UNKNOWN;
  if (Array.isArray(value)) return value.map(valueFromEngine);
  if (typeof value === "object" && value !== null) return fromEngine(value as EngineProperties);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  throw new TypeError(`a ${typeof value} is no property value`);
}

/** Life-cycle values as the engine takes them. */
export function toEngine(properties: Properties): EngineProperties {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, valueToEngine(value)] as const],
    ),
  );
}

function valueToEngine(value: PropertyValue): unknown {
  if (value === UNKNOWN) return UNKNOWN_MARKER;
  if (Array.isArray(value)) return value.map((entry: PropertyValue) => valueToEngine(entry));
  return isProperties(value) ? toEngine(value) : value;
}
