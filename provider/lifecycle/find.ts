import { status } from "@grpc/grpc-js";
import type { WireMessage } from "../catalogue/values/wire";
import type { Dialect } from "../client/dialect";
import { isMissing } from "../client/dialect";
import { OpiError } from "../client/error";
import type { Place } from "./types";

/** Seconds for a look after a failed call: the call's own time may be used up, and whoever cancelled is waiting. */
const LOOK_SECONDS = 10;
const LOOK_SECONDS_CANCELLED = 3;

/**
 * The object of that name, or undefined when the agent says it has none.
 *
 * @throws OpiError when the agent cannot be reached or the call does not work: nothing is known then
 */
export async function find(place: Place, dialect: Dialect, name: string): Promise<WireMessage | undefined> {
  try {
    return await place.agent.get(place.type, name, place.options);
  } catch (error) {
    if (error instanceof OpiError && isMissing(dialect, error)) return undefined;
    throw error;
  }
}

/**
 * The place for a look at what a failed call left behind. It has a time of its own and does not end with the call's
 * signal: state that is true is worth a moment.
 */
export function placeAfter(place: Place, error: OpiError): Place {
  const isCancelled = error.code === status.CANCELLED;
  return { ...place, options: { timeout: isCancelled ? LOOK_SECONDS_CANCELLED : LOOK_SECONDS } };
}
