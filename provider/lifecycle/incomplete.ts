import type { OpiError } from "../client/error";
import type { Properties } from "../catalogue/values/property";
import { markerOf, markerValue } from "./marker";
import { outputsOf } from "./outputs";
import type { Resource, Wish } from "./types";
import { MARKER } from "./types";

/**
 * A create whose object is there in part, or perhaps: it must stay in the state, marked, so that nothing on the agent
 * goes unaccounted for. Faces report it as "initialization failed" (Pulumi's ErrorResourceInitFailed).
 */
export class Incomplete extends Error {
  override readonly name = "Incomplete";

  constructor(
    readonly resource: Resource,
    override readonly cause: OpiError,
  ) {
    super(
      `${cause.message}\nIt is kept in the state as incomplete: the next update completes it, a refresh looks again.`,
    );
  }
}

/** Of an object of which nothing is known but that it was asked for. */
export function unseen({ place, dialect, inputs, name }: Wish, cause: OpiError): Incomplete {
  const outputs = outputsOf(place.type, dialect, { wished: inputs, name });
  return new Incomplete({ id: name, outputs: markIncomplete(outputs) }, cause);
}

/** Outputs that say the object may not be there, or not be whole. */
export function markIncomplete(outputs: Properties): Properties {
  return { ...outputs, [MARKER]: markerValue({ ...markerOf(outputs), incomplete: true }) };
}
