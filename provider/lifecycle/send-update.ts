import { status } from "@grpc/grpc-js";
import type { Field } from "../catalogue";
import { valueAt } from "../catalogue/values/property";
import type { Properties } from "../catalogue/values/property";
import { propertiesOf } from "../catalogue/values/wire";
import type { WireMessage } from "../catalogue/values/wire";
import { withUnknownFields } from "../client";
import type { Dialect } from "../client/dialect";
import { isMissing, reads } from "../client/dialect";
import { OpiError } from "../client/error";
import { equivalent, isUnset } from "./compare";
import { inputFields, leaves, topLevel } from "./fields";
import { find, placeAfter } from "./find";
import { wishMessage } from "./naming";
import type { Place } from "./types";

export interface Alteration {
  readonly place: Place;
  readonly dialect: Dialect;
  readonly id: string;
  /** Outputs before. */
  readonly olds: Properties;
  /** Checked inputs. */
  readonly news: Properties;
  /** Property paths of what changes. */
  readonly changed: readonly string[];
}

/**
 * Sends an update and makes sure that it was done.
 *
 * @returns the object as the agent has it now
 * @throws OpiError when the agent refuses, answers OK but changes nothing, or leaves it in doubt
 */
export async function sendUpdate(alteration: Alteration): Promise<WireMessage> {
  const { place, dialect, id } = alteration;
  // Agents whose answers are echoes ignore masks too (recordings/bridge-grpc.jsonl: special.qos/update_masked_ignored),
  // so that all they get is all there will be: what they have beyond our contract goes along.
  const before = dialect.answersAreStored ? {} : await assured(alteration, find(place, dialect, id));
  let answer: WireMessage;
  try {
    const body = withUnknownFields(bodyOf(alteration), before);
    answer = await place.agent.update(place.type, body, maskOf(alteration), place.options);
  } catch (error) {
    if (!(error instanceof OpiError)) throw error;
    return afterFailure(alteration, error);
  }
  const message = dialect.answersAreStored ? answer : await assured(alteration, find(place, dialect, id));
  const unchanged = unchangedIn(alteration, message);
  if (unchanged.length === 0) return message;
  throw new OpiError(
    status.DATA_LOSS,
    `the agent answered OK, but ${unchanged.join(", ")} did not change`,
    attemptOf(alteration),
    "Run pulumi refresh to see what is there; replace the resource (pulumi up --replace) when the agent cannot change it.",
  );
}

/** The whole wish; what is left to the agent stays what it is. */
function bodyOf({ place: { type }, dialect, id, olds, news }: Alteration): WireMessage {
  const kept = type.fields
    .filter((field) => field.assigned && isUnset(field, news[field.name]))
    .map((field) => [field.name, olds[field.name]] as const);
  return wishMessage(type, { ...news, ...Object.fromEntries(kept) }, dialect, id);
}

function maskOf(alteration: Alteration): readonly string[] {
  return changedFields(alteration).map(({ path }) => path);
}

function changedFields({ place: { type }, changed }: Alteration): readonly Field[] {
  return leaves(inputFields(type)).filter(({ property }) => changed.includes(property));
}

/** After a lost answer what the agent has now decides, as far as it tells: what it does not tell may not have changed. */
async function afterFailure(alteration: Alteration, error: OpiError): Promise<WireMessage> {
  const { place, dialect, id } = alteration;
  if (isMissing(dialect, error)) throw withRemedy(error, "It was deleted behind Pulumi's back: run pulumi refresh.");
  if (error.code === status.UNIMPLEMENTED) {
    throw withRemedy(error, "Replace the resource: pulumi up --replace with its URN.");
  }
  if (!error.outcomeUnknown || !changedFields(alteration).every((field) => isTold(alteration, field))) throw error;
  const message = await find(placeAfter(place, error), dialect, id).catch(() => undefined);
  if (message && unchangedIn(alteration, message).length === 0) return message;
  throw error;
}

/** Changed properties of which the agent tells another value than the wished one: OK alone is no proof. */
function unchangedIn(alteration: Alteration, message: WireMessage): readonly string[] {
  const { place, dialect, news } = alteration;
  const told = propertiesOf(place.type, message);
  const isDone = (field: Field): boolean =>
    equivalent(field, valueAt(news, field.property), valueAt(told, field.property), dialect);
  return changedFields(alteration)
    .filter((field) => isTold(alteration, field) && !isDone(field))
    .map(({ property }) => property);
}

function isTold({ place, dialect }: Alteration, { secret, property }: Field): boolean {
  return !secret && reads(dialect, place.type, topLevel(property));
}

async function assured(alteration: Alteration, found: Promise<WireMessage | undefined>): Promise<WireMessage> {
  const message = await found;
  if (message) return message;
  throw new OpiError(
    status.NOT_FOUND,
    "the agent does not have it",
    attemptOf(alteration),
    "Run pulumi refresh, then pulumi up.",
  );
}

function withRemedy({ code, detail, attempt, notSent }: OpiError, remedy: string): OpiError {
  return new OpiError(code, detail, attempt, remedy, { notSent });
}

const attemptOf = ({ place: { type, agent }, id }: Alteration): OpiError["attempt"] => ({
  action: `update ${type.noun}`,
  object: id,
  agent: agent.address,
});
