import { status } from "@grpc/grpc-js";
import type { Properties } from "../catalogue/values/property";
import { valueAt } from "../catalogue/values/property";
import { propertiesOf } from "../catalogue/values/wire";
import type { WireMessage } from "../catalogue/values/wire";
import type { Dialect } from "../client/dialect";
import { reads } from "../client/dialect";
import { OpiError } from "../client/error";
import { equivalent } from "./compare";
import { create } from "./create";
import { diff } from "./diff";
import { inputFields, leaves, topLevel } from "./fields";
import { find } from "./find";
import { markerOf } from "./marker";
import { wishMessage } from "./naming";
import { outputsOf } from "./outputs";
import type { Place } from "./types";

export interface UpdateRequest {
  readonly id: string;
  /** Outputs of the last deployment or refresh. */
  readonly olds: Properties;
  /** Checked inputs. */
  readonly news: Properties;
  readonly ignoreChanges?: readonly string[];
}

const LOOK_TIMEOUT = 10;

/**
 * Changes an object in place: sends the changed paths as update_mask with the whole wish, then makes sure that the
 * agent did it. Without a changed path there is no call: an empty mask would mean full replacement (AIP-134).
 *
 * @returns the new outputs
 * @throws OpiError when the agent refuses, answers OK but changes nothing, or is in doubt about it
 */
export async function update(place: Place, request: UpdateRequest): Promise<Properties> {
  const { type, agent, options } = place;
  const { id, olds, news, ignoreChanges } = request;
  const dialect = await agent.dialect(options);
  if (markerOf(olds).incomplete) {
    const message = await find(place, dialect, id);
    if (!message) return (await create(place, news)).outputs;
    const actual = outputsOf(type, dialect, { wished: olds, message, name: id, unknown: markerOf(olds).unknown });
    return update(place, { ...request, olds: actual });
  }
  const { changes } = diff(type, { olds, news, dialect, ignoreChanges });
  const replaced = changes.filter(({ replace }) => replace).map(({ path }) => path);
  if (replaced.length > 0) {
    throw new OpiError(
      status.FAILED_PRECONDITION,
      `${replaced.join(", ")} cannot change in place with agents of dialect ${dialect.name}`,
      { action: `update ${type.noun}`, object: id, agent: agent.address },
      "Replace the resource: pulumi up --target-replace.",
    );
  }
  const changed = changes.filter(({ stateOnly }) => !stateOnly).map(({ path }) => path);
  // A value once supplied is known; what is still unknown stays so.
  const unknown = markerOf(olds).unknown.filter((path) => valueAt(news, path) === undefined);
  const known = { wished: news, before: olds, name: id, unknown };
  if (changed.length === 0) {
    return outputsOf(type, { ...dialect, reads: { [type.noun]: [] } }, { ...known, message: {} });
  }
  const message = await send(place, dialect, request, changed);
  assertChanged(place, dialect, request, changed, message);
  return outputsOf(type, dialect, { ...known, message });
}

/** Sends the update; after a lost answer, what the agent has now decides. */
async function send(
  place: Place,
  dialect: Dialect,
  { id, olds, news }: UpdateRequest,
  changed: readonly string[],
): Promise<WireMessage> {
  const { type, agent, options } = place;
  const fields = leaves(inputFields(type));
  const mask = changed.flatMap((property) => fields.find((field) => field.property === property)?.path ?? []);
  const assigned = type.fields.filter((field) => field.assigned && news[field.name] === undefined);
  const kept: Properties = Object.fromEntries(assigned.map((field) => [field.name, olds[field.name]] as const));
  const body = wishMessage(type, { ...news, ...kept }, dialect, id);
  let lost: OpiError | undefined;
  try {
    const answer = await agent.update(type, body, mask, options);
    if (dialect.answersAreStored) return answer;
  } catch (error) {
    if (!(error instanceof OpiError) || !error.outcomeUnknown) throw error;
    lost = error;
  }
  const message = await find(lost ? { ...place, options: { timeout: LOOK_TIMEOUT } } : place, dialect, id).catch(
    (error: unknown) => {
      throw lost ?? error;
    },
  );
  if (message) return message;
  throw (
    lost ??
    new OpiError(
      status.NOT_FOUND,
      "the agent answered OK, yet does not have the object",
      { action: `update ${type.noun}`, object: id, agent: agent.address },
      "Run pulumi refresh, then pulumi up.",
    )
  );
}

/** @throws OpiError when a changed value that the agent reports is still not the wished one: OK alone is no proof */
function assertChanged(
  { type, agent }: Place,
  dialect: Dialect,
  { id, news }: UpdateRequest,
  changed: readonly string[],
  message: WireMessage,
): void {
  const reported = propertiesOf(type, message);
  const stale = leaves(inputFields(type)).filter(
    (field) =>
      changed.includes(field.property) &&
      !field.secret &&
      reads(dialect, type, topLevel(field.property)) &&
      !equivalent(field, valueAt(reported, field.property), valueAt(news, field.property), dialect) &&
      !(field.assigned && valueAt(news, field.property) === undefined),
  );
  if (stale.length === 0) return;
  const paths = stale.map(({ property }) => property).join(", ");
  throw new OpiError(
    status.DATA_LOSS,
    `the agent answered OK, but ${paths} did not change`,
    { action: `update ${type.noun}`, object: id, agent: agent.address },
    "Run pulumi refresh to see what is there; replace the resource when the agent cannot change it.",
  );
}
