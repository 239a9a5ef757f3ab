/** A value that preview does not know yet. Faces translate their own markers to and from it. */
export const UNKNOWN: unique symbol = Symbol("unknown");

export type PropertyValue =
  | string
  | number
  | boolean
  | typeof UNKNOWN
  | readonly PropertyValue[]
  | { readonly [key: string]: PropertyValue | undefined };

/** Inputs or outputs of a resource by property name. */
export type Properties = Readonly<Record<string, PropertyValue | undefined>>;

export function isProperties(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a dotted property path, `pcieId.portId`; UNKNOWN when something on the way is. */
export function valueAt(properties: Properties, path: string): PropertyValue | undefined {
  let at: PropertyValue | undefined = properties;
  for (const key of path.split(".")) {
    if (at === UNKNOWN) return UNKNOWN;
    if (!isProperties(at)) return undefined;
    at = at[key];
  }
  return at;
}

/** A copy of `properties` with the value at a dotted path replaced; undefined removes it. */
export function withValueAt(properties: Properties, path: string, value: PropertyValue | undefined): Properties {
  const [key = "", ...rest] = path.split(".");
  if (rest.length === 0) {
    const { [key]: _, ...others } = properties;
    return value === undefined ? others : { ...others, [key]: value };
  }
  const inner = properties[key];
  if (!isProperties(inner) && value === undefined) return properties;
  return { ...properties, [key]: withValueAt(isProperties(inner) ? inner : {}, rest.join("."), value) };
}

/** Whether a value is, or holds, something unknown. */
export function holdsUnknown(value: PropertyValue | undefined): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(holdsUnknown);
  return isProperties(value) && Object.values(value).some(holdsUnknown);
}
