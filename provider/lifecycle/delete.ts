import { status } from "@grpc/grpc-js";
import { isMissing } from "../client/dialect";
import { OpiError } from "../client/error";
import { assertGone, find } from "./find";
import { markerOf } from "./marker";
import type { Place, Resource } from "./types";

const LOOK_TIMEOUT = 10;

/**
 * Deletes an object. One that is missing already is a success, unless the agent may merely have forgotten it.
 *
 * @throws OpiError when the agent refuses (dependents are named in its words), cannot be reached, or still has it
 */
export async function remove(place: Place, { id, outputs }: Resource): Promise<void> {
  const { type, agent, options } = place;
  try {
    await agent.delete(type, id, options);
  } catch (error) {
    if (!(error instanceof OpiError)) throw error;
    await afterFailure(place, { id, outputs }, error);
  }
}

async function afterFailure(place: Place, { id, outputs }: Resource, error: OpiError): Promise<void> {
  const { type, agent } = place;
  if (error.notSent || error.code === status.UNAVAILABLE) {
    if (agent.config.deleteUnreachable) {
      place.warn(
        `${type.noun} ${id} is forgotten without being deleted, as deleteUnreachable asks: agent ${agent.address} ` +
          `cannot be reached (${error.detail}). It may still be there.`,
      );
      return;
    }
    if (error.notSent) throw error;
  }
  const dialect = await agent.dialect({ timeout: LOOK_TIMEOUT }).catch(() => {
    throw error;
  });
  if (isMissing(dialect, error)) {
    // What was never known to be whole may never have been there.
    if (!markerOf(outputs).incomplete) await assertGone(place, dialect, id, outputs);
    return;
  }
  if (!error.outcomeUnknown) throw error;
  const left = await find({ ...place, options: { timeout: LOOK_TIMEOUT } }, dialect, id).catch(() => {
    throw error;
  });
  if (left) throw error;
}
