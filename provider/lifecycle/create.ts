import { status } from "@grpc/grpc-js";
import type { Properties } from "../catalogue/values/property";
import type { WireMessage } from "../catalogue/values/wire";
import type { Dialect } from "../client/dialect";
import { OpiError } from "../client/error";
import { checkAgent } from "./check/agent";
import { assertAdoptable, differences } from "./existing";
import { find } from "./find";
import { Incomplete, markIncomplete } from "./incomplete";
import { parentNameOf, predictedName, wishMessage } from "./naming";
import { outputsOf } from "./outputs";
import type { Place, Resource } from "./types";
import { AUTONAMED, RESOURCE_ID } from "./types";

/** Seconds for looking after an object whose create got no answer; the create's own time may be used up. */
const LOOK_TIMEOUT = 10;

/**
 * Creates an object. An object that is there already is refused, or adopted when that is asked for.
 *
 * @param inputs checked inputs without unknown values
 * @throws OpiError when nothing was made
 * @throws Incomplete when something was made, or may have been: the resource in it belongs into the state
 */
export async function create(place: Place, inputs: Properties): Promise<Resource> {
  const { type, agent, options } = place;
  const dialect = await agent.dialect(options);
  assertPossible(place, inputs, dialect);
  const name = predictedName(type, inputs, dialect);

  // Some agents answer OK with the old object (recordings/bridge-grpc.jsonl: NullVolume/create_again).
  if (!dialect.reportsExisting) {
    const message = await find(place, dialect, name);
    if (message) return adopt(place, dialect, inputs, { name, message });
  }
  let answer: WireMessage;
  try {
    const parent = parentNameOf(type, inputs, dialect);
    const body = wishMessage(type, inputs, dialect);
    answer = await agent.create(type, { id: String(inputs[RESOURCE_ID]), parent, body }, options);
  } catch (error) {
    if (!(error instanceof OpiError)) throw error;
    return afterFailure(place, dialect, inputs, name, error);
  }
  const given = nameIn(answer) || name;
  const message = dialect.answersAreStored ? answer : await readBack(place, dialect, inputs, given);
  for (const difference of differences(type, dialect, inputs, message)) {
    place.warn(`agent ${agent.address} made ${given} otherwise than asked: ${difference}`);
  }
  return { id: given, outputs: outputsOf(type, dialect, { wished: inputs, message, name: given }) };
}

/** @throws OpiError for what the agent is known not to do, before anything is sent */
function assertPossible(place: Place, inputs: Properties, dialect: Dialect): void {
  const { failures, warnings } = checkAgent(place.type, inputs, dialect);
  warnings.forEach((warning) => place.warn(warning));
  if (failures.length === 0) return;
  const reasons = failures.map(({ property, reason }) => (property ? `${property}: ${reason}` : reason)).join("; ");
  throw new OpiError(status.UNIMPLEMENTED, reasons, attemptOf(place, String(inputs[RESOURCE_ID])));
}

function adopt(
  place: Place,
  dialect: Dialect,
  inputs: Properties,
  found: { readonly name: string; readonly message: WireMessage },
): Resource {
  assertAdoptable(place, dialect, inputs, found);
  const { name, message } = found;
  return { id: name, outputs: outputsOf(place.type, dialect, { wished: inputs, message, name }) };
}

/** An echo proves nothing: asks what was made, and keeps what was said OK to when the answer does not come. */
async function readBack(place: Place, dialect: Dialect, inputs: Properties, name: string): Promise<WireMessage> {
  try {
    const message = await find(place, dialect, name);
    if (message) return message;
  } catch (error) {
    if (error instanceof OpiError) throw incomplete(place, dialect, inputs, name, error);
    throw error;
  }
  throw incomplete(
    place,
    dialect,
    inputs,
    name,
    new OpiError(
      status.DATA_LOSS,
      "the agent answered OK, yet does not have it",
      attemptOf(place, name),
      "Look at the agent's log; run pulumi up again once it works.",
    ),
  );
}

/** After an error or a lost answer: is the object there, and is it ours? */
async function afterFailure(
  place: Place,
  dialect: Dialect,
  inputs: Properties,
  name: string,
  error: OpiError,
): Promise<Resource> {
  const isTaken = error.code === status.ALREADY_EXISTS;
  // An agent that undoes a failed create leaves nothing to look for after a clear refusal.
  if (!isTaken && !error.outcomeUnknown && (error.notSent || dialect.answersAreStored)) throw error;
  let message: WireMessage | undefined;
  try {
    message = await find({ ...place, options: { timeout: LOOK_TIMEOUT } }, dialect, name);
  } catch (lookError) {
    // The refusal of a taken name made nothing; whatever else happened cannot be known now.
    if (isTaken || !(lookError instanceof OpiError)) throw error;
    throw incomplete(place, dialect, inputs, name, error);
  }
  if (isTaken) {
    if (message) return adopt(place, dialect, inputs, { name, message });
    throw error;
  }
  if (!message) {
    // A call that ran out of time may still be carried out; one whose connection broke has ended.
    if (error.code === status.UNAVAILABLE || !error.outcomeUnknown) throw error;
    throw incomplete(place, dialect, inputs, name, error);
  }
  const outputs = outputsOf(place.type, dialect, { wished: inputs, message, name });
  const isWhole = differences(place.type, dialect, inputs, message).length === 0;
  if (error.outcomeUnknown && isWhole) return { id: name, outputs };
  // With an id that somebody chose it may be somebody else's; with an automatic one it can only be ours.
  if (error.outcomeUnknown && inputs[AUTONAMED] !== true) return adopt(place, dialect, inputs, { name, message });
  throw new Incomplete({ id: name, outputs: markIncomplete(outputs) }, error);
}

function incomplete(place: Place, dialect: Dialect, inputs: Properties, name: string, cause: OpiError): Incomplete {
  const outputs = outputsOf(
    place.type,
    { ...dialect, reads: { [place.type.noun]: [] } },
    { wished: inputs, message: {}, name },
  );
  return new Incomplete({ id: name, outputs: markIncomplete(outputs) }, cause);
}

const attemptOf = ({ type, agent }: Place, object: string): OpiError["attempt"] => ({
  action: `create ${type.noun}`,
  object,
  agent: agent.address,
});

function nameIn(message: WireMessage): string {
  return typeof message["name"] === "string" ? message["name"] : "";
}
