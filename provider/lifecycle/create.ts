import { status } from "@grpc/grpc-js";
import type { Properties } from "../catalogue/values/property";
import type { WireMessage } from "../catalogue/values/wire";
import type { Dialect } from "../client/dialect";
import { ignores } from "../client/dialect";
import { OpiError } from "../client/error";
import { dialectFor } from "./agent-dialect";
import { checkAgent } from "./check/agent";
import { adopt, differences } from "./existing";
import { afterFailedCreate } from "./failed-create";
import { find } from "./find";
import { unseen } from "./incomplete";
import { idIn, isNameOf, parentNameOf, predictedName, wishMessage } from "./naming";
import { outputsOf } from "./outputs";
import { withStandIns } from "./stand-ins";
import type { Place, Resource, Wish } from "./types";

/**
 * Creates an object. An object that is there already is refused, or adopted when that is asked for.
 *
 * @param inputs checked inputs without unknown values
 * @throws OpiError when nothing was made
 * @throws Incomplete when something was made, or may have been: the resource in it belongs into the state
 */
export async function create(place: Place, inputs: Properties): Promise<Resource> {
  const { type, agent, options } = place;
  const dialect = await dialectFor(place, "create", idIn(inputs));
  assertPossible(place, inputs, dialect);
  const wish: Wish = { place, dialect, inputs, name: predictedName(type, inputs, dialect) };

  // Some agents answer OK with the old object (recordings/bridge-grpc.jsonl: NullVolume/create_same_id_different_values).
  if (!dialect.reportsExisting) {
    const message = await find(place, dialect, wish.name);
    if (message) return adopt(wish, message);
  }
  let answer: WireMessage;
  try {
    const parent = parentNameOf(type, inputs, dialect);
    const body = wishMessage(type, await withStandIns(place, dialect, inputs), dialect);
    answer = await agent.create(type, { id: idIn(inputs), parent, body }, options);
  } catch (error) {
    if (!(error instanceof OpiError)) throw error;
    return afterFailedCreate(wish, error);
  }
  return made({ ...wish, name: nameIn(answer, wish) }, answer);
}

/** @throws OpiError for what the agent is known not to do, before anything is sent */
function assertPossible(place: Place, inputs: Properties, dialect: Dialect): void {
  const { failures, warnings } = checkAgent(place.type, inputs, dialect);
  warnings.forEach((warning) => place.warn(warning));
  if (failures.length === 0) return;
  const reasons = failures.map(({ property, reason }) => (property ? `${property}: ${reason}` : reason)).join("; ");
  const attempt = { action: `create ${place.type.noun}`, object: idIn(inputs) };
  throw new OpiError(status.UNIMPLEMENTED, reasons, { ...attempt, agent: place.agent.address });
}

/** The object after an OK: as answered where answers can be trusted, as read back where they may be echoes. */
async function made(wish: Wish, answer: WireMessage): Promise<Resource> {
  const { place, dialect, inputs, name } = wish;
  const { type, agent } = place;
  const message = dialect.answersAreStored ? answer : await readBack(wish);
  for (const { property, text } of differences(type, dialect, inputs, message)) {
    // What is known to be dropped was warned of before.
    if (!ignores(dialect, type, property))
      place.warn(`agent ${agent.address} made ${name} otherwise than asked: ${text}`);
  }
  return { id: name, outputs: outputsOf(type, dialect, { wished: inputs, message, name }) };
}

/** @throws Incomplete when the agent does not show what it said OK to */
async function readBack(wish: Wish): Promise<WireMessage> {
  const { place, dialect, name } = wish;
  let message: WireMessage | undefined;
  try {
    message = await find(place, dialect, name);
  } catch (error) {
    throw error instanceof OpiError ? unseen(wish, error) : error;
  }
  if (message) return message;
  // Known ids are answered from memory, whatever became of them in SPDK (special.spdk_restart/create_idempotent_null).
  const lost = new OpiError(
    status.DATA_LOSS,
    "the agent answered OK, yet does not have it",
    { action: `create ${place.type.noun}`, object: name, agent: place.agent.address },
    "Look whether what it refers to is there, and at the agent's log; restart the agent if its storage process was " +
      "restarted; then run pulumi up again.",
  );
  throw unseen(wish, lost);
}

/** The name in an answer; what has not the form of one cannot be read by later. */
function nameIn(answer: WireMessage, { place, name }: Wish): string {
  const given = answer.name;
  return typeof given === "string" && isNameOf(place.type, given) ? given : name;
}
