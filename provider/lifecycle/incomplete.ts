import type { Properties } from "../catalogue/values/property";
import { markerOf, markerValue } from "./marker";
import type { Resource } from "./types";
import { MARKER } from "./types";

/**
 * A create whose object is there in part, or perhaps: it must stay in the state, marked, so that nothing on the agent
 * goes unaccounted for. Faces report it as "initialization failed" (Pulumi's ErrorResourceInitFailed).
 */
export class Incomplete extends Error {
  override readonly name = "Incomplete";

  constructor(
    readonly resource: Resource,
    override readonly cause: Error,
  ) {
    super(`${cause.message}\nIt is kept in the state as incomplete; the next update completes it.`);
  }
}

/** Outputs that say the object may not be there, or not be whole. */
export function markIncomplete(outputs: Properties): Properties {
  return { ...outputs, [MARKER]: markerValue({ ...markerOf(outputs), incomplete: true }) };
}
