import { status } from "@grpc/grpc-js";
import { valueAt } from "../catalogue/values/property";
import type { Properties } from "../catalogue/values/property";
import type { Dialect } from "../client/dialect";
import { OpiError } from "../client/error";
import { dialectFor } from "./agent-dialect";
import { create } from "./create";
import { diff } from "./diff";
import { find } from "./find";
import { markerOf } from "./marker";
import { outputsOf } from "./outputs";
import { sendUpdate } from "./send-update";
import type { Place } from "./types";

export interface UpdateRequest {
  readonly id: string;
  /** Outputs of the last deployment or refresh. */
  readonly olds: Properties;
  /** Checked inputs. */
  readonly news: Properties;
  readonly ignoreChanges?: readonly string[];
}

/**
 * Changes an object in place: sends the changed paths as update_mask with the whole wish, then makes sure that the
 * agent did it. Without a changed path there is no call: an empty mask would mean full replacement (AIP-134).
 *
 * @returns the new outputs
 * @throws OpiError when the agent refuses, answers OK but changes nothing, or leaves it in doubt
 * @throws Incomplete when an incomplete object was to be made whole, and still is not
 */
export async function update(place: Place, request: UpdateRequest): Promise<Properties> {
  const { type, agent } = place;
  const { id, olds, news, ignoreChanges } = request;
  const dialect = await dialectFor(place, "update", id);
  if (markerOf(olds).incomplete) return complete(place, dialect, request);

  const { changes } = diff(type, { olds, news, dialect, ignoreChanges });
  const replaced = changes.filter(({ replace }) => replace).map(({ path }) => path);
  if (replaced.length > 0) {
    throw new OpiError(
      status.FAILED_PRECONDITION,
      `${replaced.join(", ")} cannot change in place with agents of dialect ${dialect.name}`,
      { action: `update ${type.noun}`, object: id, agent: agent.address },
      "Replace the resource: pulumi up --replace with its URN.",
    );
  }
  const changed = changes.filter(({ stateOnly }) => !stateOnly).map(({ path }) => path);
  const message = changed.length > 0 ? await sendUpdate({ place, dialect, id, olds, news, changed }) : undefined;
  // A value once supplied is known; what is still unknown stays so.
  const unknown = markerOf(olds).unknown.filter((path) => valueAt(news, path) === undefined);
  return outputsOf(type, dialect, { wished: news, before: olds, message, name: id, unknown });
}

/** Makes an object whole of which a create left nothing, or a part, or nobody knows what. */
async function complete(place: Place, dialect: Dialect, request: UpdateRequest): Promise<Properties> {
  const { type, agent } = place;
  const { id, olds, news } = request;
  const message = await find(place, dialect, id);
  if (message) {
    const { unknown } = markerOf(olds);
    const actual = outputsOf(type, dialect, { wished: olds, before: olds, message, name: id, unknown });
    return update(place, { ...request, olds: actual });
  }
  const made = await create(place, news);
  if (made.id === id) return made.outputs;
  // An update cannot change the id in the state, and under another one the object would be lost.
  const outcome = await agent.delete(type, made.id, place.options).then(
    () => "what it made is deleted again",
    (error: unknown) => `what it made is still there: ${error instanceof OpiError ? error.detail : String(error)}`,
  );
  throw new OpiError(
    status.FAILED_PRECONDITION,
    `the agent names it ${made.id}; ${outcome}`,
    { action: `complete ${type.noun}`, object: id, agent: agent.address },
    "Replace the resource: pulumi up --replace with its URN.",
  );
}
