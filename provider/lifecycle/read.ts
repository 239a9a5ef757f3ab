import { status } from "@grpc/grpc-js";
import type { Properties } from "../catalogue/values/property";
import { OpiError } from "../client/error";
import { dialectFor } from "./agent-dialect";
import { quote } from "./check/quote";
import { find } from "./find";
import { assertGone } from "./gone";
import { markerOf } from "./marker";
import { identityOf, isNameOf } from "./naming";
import { inputsOf, outputsOf, unreadable } from "./outputs";
import type { Place, Resource } from "./types";

export interface ReadRequest {
  /** Resource name. */
  readonly id: string;
  /** What is known already; absent or empty for an import, which has the id alone. */
  readonly outputs?: Properties;
  readonly inputs?: Properties;
}

/** A resource as read, with the inputs that describe it. */
export interface ReadResource extends Resource {
  readonly inputs: Properties;
}

/**
 * Reads an object: gone (undefined), there, or unreachable (an error, so that no state is dropped).
 *
 * @throws OpiError when the agent cannot be reached, refuses, or has forgotten an object that is still there
 */
export async function read(place: Place, request: ReadRequest): Promise<ReadResource | undefined> {
  const { type, agent } = place;
  const { id, outputs: known = {} } = request;
  assertName(place, id);
  const dialect = await dialectFor(place, "read", id);
  const noGet = dialect.unavailable[type.noun]?.get;
  if (noGet) {
    throw new OpiError(status.UNIMPLEMENTED, noGet, { action: `read ${type.noun}`, object: id, agent: agent.address });
  }
  const message = await find(place, dialect, id);
  if (!message) {
    await assertGone(place, dialect, id, known);
    return undefined;
  }
  if (Object.keys(known).length === 0) {
    const identity = identityOf(type, id);
    const outputs = outputsOf(type, dialect, {
      wished: identity,
      message,
      name: id,
      unknown: unreadable(type, dialect),
    });
    return { id, outputs, inputs: { ...identity, ...inputsOf(type, dialect, outputs, undefined) } };
  }
  const { unknown } = markerOf(known);
  const outputs = outputsOf(type, dialect, { wished: known, before: known, message, name: id, unknown });
  return { id, outputs, inputs: inputsOf(type, dialect, outputs, request.inputs) };
}

/** @throws OpiError when a name has not the form of a resource name of the type */
function assertName({ type, agent }: Place, id: string): void {
  if (isNameOf(type, id)) return;
  throw new OpiError(
    status.INVALID_ARGUMENT,
    `${quote(id)} is no name of a ${type.noun}`,
    { action: `read ${type.noun}`, agent: agent.address },
    `Names have the form ${type.pattern}.`,
  );
}
