import type { Properties } from "../catalogue/values/property";
import { isProperties } from "../catalogue/values/property";
import { dialectByName, standard } from "../client/dialect";
import type { Dialect } from "../client/dialect";
import { MARKER } from "./types";

/** What the outputs remember about how an object came to be, so that diff works without its agent. */
export interface Marker {
  /** Name of the dialect that produced the object. */
  readonly dialect: string;
  /** Property paths whose value nobody has ever known: secrets and unreported fields of an imported object. */
  readonly unknown: readonly string[];
  /** Set while it is not known whether the object is there at all, or whole: its create got no good answer. */
  readonly incomplete?: true;
}

/** The dialect that produced an object, as its outputs tell, so that no agent need be asked. */
export function dialectOf(outputs: Properties): Dialect {
  return dialectByName(markerOf(outputs).dialect) ?? standard;
}

/** @returns the marker in `outputs`; a neutral one where there is none */
export function markerOf(outputs: Properties): Marker {
  const marker = outputs[MARKER];
  if (!isProperties(marker)) return { dialect: "", unknown: [] };
  const unknown = marker.unknown;
  return {
    dialect: typeof marker.dialect === "string" ? marker.dialect : "",
    unknown: Array.isArray(unknown) ? unknown.filter((path): path is string => typeof path === "string") : [],
    ...(marker.incomplete === true ? { incomplete: true } : {}),
  };
}

/** The marker as a property value, without what says nothing. */
export function markerValue({ dialect, unknown, incomplete }: Marker): Properties {
  return { dialect, ...(unknown.length > 0 ? { unknown } : {}), ...(incomplete ? { incomplete } : {}) };
}
