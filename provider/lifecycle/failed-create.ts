import { status } from "@grpc/grpc-js";
import type { WireMessage } from "../catalogue/values/wire";
import { OpiError } from "../client/error";
import { adopt, differences } from "./existing";
import { find, placeAfter } from "./find";
import { traceOf, traceRemedy } from "./gone";
import { withHint } from "./hint";
import { ownerOf } from "./name-space";
import { Incomplete, markIncomplete, unseen } from "./incomplete";
import { outputsOf } from "./outputs";
import type { Resource, Wish } from "./types";
import { AUTONAMED } from "./types";

/**
 * After a create that ended with an error or without an answer: is the object there, and is it ours?
 *
 * @returns the object, when it was made after all, or may be adopted
 * @throws OpiError when nothing was made
 * @throws Incomplete when something was made, or may have been
 */
export async function afterFailedCreate(wish: Wish, error: OpiError): Promise<Resource> {
  const { place, dialect, inputs, name } = wish;
  const isTaken = error.code === status.ALREADY_EXISTS;
  if (error.notSent) throw error;
  // An agent whose answers can be trusted undoes what it refuses.
  if (!isTaken && !error.outcomeUnknown && dialect.answersAreStored) throw error;

  const look = { ...wish, place: placeAfter(place, error) };
  let message: WireMessage | undefined;
  try {
    message = await find(look.place, dialect, name);
  } catch (lookError) {
    if (!(lookError instanceof OpiError)) throw lookError;
    throw isTaken ? error : unseen(wish, error);
  }
  if (!message) return notFound(look, error);
  // Create is never sent twice, so an id that is taken is somebody else's.
  if (isTaken) return adopt(wish, message);

  const isWhole = differences(place.type, dialect, inputs, message).length === 0;
  const outputs = outputsOf(place.type, dialect, { wished: inputs, message, name });
  if (error.outcomeUnknown && isWhole) return { id: name, outputs };
  // It was not there before, or has an id that nobody else would choose.
  const isOurs = !dialect.reportsExisting || inputs[AUTONAMED] === true;
  if (!isOurs) return adopt(wish, message);
  throw new Incomplete({ id: name, outputs: markIncomplete(outputs) }, error);
}

async function notFound(wish: Wish, error: OpiError): Promise<never> {
  const { place, dialect, name, inputs } = wish;
  // What ran out of time may still be carried out; a call whose connection broke has ended.
  if (error.outcomeUnknown && error.code !== status.UNAVAILABLE) throw unseen(wish, error);
  const owner = error.outcomeUnknown ? undefined : await ownerOf(place, dialect, name);
  if (owner !== undefined) {
    throw new OpiError(
      status.ALREADY_EXISTS,
      `${error.detail}; the agent has a ${owner} of that id, and keeps both kinds in one space of names`,
      error.attempt,
      "Choose another resourceId.",
      { cause: error },
    );
  }
  const trace = await traceOf(place, dialect, name, inputs).catch(() => undefined);
  if (trace === undefined) throw withHint(dialect, error, name);
  // SPDK has it, and the agent will not manage it: it forgot it (special.restart_bridge/recreate_null: File exists), or
  // gave up half-way (special.tls_frontend/subsys_bad_psk leaves a subsystem).
  const detail = `${error.detail}; the agent does not know the object, yet lists ${trace}`;
  const explained = new OpiError(error.code, detail, error.attempt, traceRemedy(place, dialect, name, inputs), {
    cause: error,
  });
  throw error.outcomeUnknown ? unseen(wish, explained) : explained;
}
