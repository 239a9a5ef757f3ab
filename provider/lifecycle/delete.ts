import { status } from "@grpc/grpc-js";
import type { Dialect } from "../client/dialect";
import { isMissing } from "../client/dialect";
import { OpiError } from "../client/error";
import { dialectFor } from "./agent-dialect";
import { find, placeAfter } from "./find";
import { assertGone } from "./gone";
import type { Place, Resource } from "./types";

/**
 * Deletes an object. One that is missing already is a success, unless the agent may merely have forgotten it.
 *
 * @throws OpiError when the agent refuses (dependents are named in its words), cannot be reached, or still has it
 */
export async function remove(place: Place, { id, outputs }: Resource): Promise<void> {
  const { type, agent, options } = place;
  try {
    await dialectFor(place, "delete", id);
    await agent.delete(type, id, options);
  } catch (error) {
    if (!(error instanceof OpiError)) throw error;
    await afterFailure(placeAfter(place, error), { id, outputs }, error);
  }
}

async function afterFailure(place: Place, resource: Resource, error: OpiError): Promise<void> {
  const { id, outputs } = resource;
  if (error.notSent) {
    forget(place, id, error);
    return;
  }
  // With an error that came from the agent the dialect is known already.
  const dialect = await place.agent.dialect(place.options).catch(() => undefined);
  if (!dialect) {
    forget(place, id, error);
    return;
  }
  if (!isMissing(dialect, error)) {
    if (!error.outcomeUnknown && !isVague(dialect, error)) throw error;
    const found = await look(place, dialect, id, error);
    if (found === "there") throw error;
    if (found === "forgotten") return;
  } else if (error.code !== status.NOT_FOUND) {
    // It is SPDK that has no such thing. What the agent's own memory still lists is no trace of it.
    return;
  }
  try {
    await assertGone(place, dialect, id, outputs);
  } catch (lookError) {
    if (!(lookError instanceof OpiError && lookError.unreachable)) throw lookError;
    forget(place, id, lookError);
  }
}

/** Errors in which such agents wrap whatever SPDK said (special.spdk_restart/after_DeleteNvmeSubsystem). */
function isVague(dialect: Dialect, { code }: OpiError): boolean {
  return !dialect.answersAreStored && (code === status.UNKNOWN || code === status.INTERNAL);
}

/** @throws the delete's error when that cannot be known, unless the object is to be forgotten then */
async function look(
  place: Place,
  dialect: Dialect,
  id: string,
  error: OpiError,
): Promise<"there" | "gone" | "forgotten"> {
  try {
    return (await find(place, dialect, id)) === undefined ? "gone" : "there";
  } catch (lookError) {
    if (!(lookError instanceof OpiError && lookError.unreachable)) throw error;
    forget(place, id, error);
    return "forgotten";
  }
}

/** @throws the error, unless the agent cannot be reached and its objects are to be forgotten then */
function forget({ type, agent, warn }: Place, id: string, error: OpiError): void {
  if (!error.unreachable || agent.config.deleteUnreachable !== true) throw error;
  warn(
    `${type.noun} ${id} is forgotten without being deleted, as deleteUnreachable asks: agent ${agent.address} ` +
      `cannot be reached (${error.detail}). It may still be there.`,
  );
}
