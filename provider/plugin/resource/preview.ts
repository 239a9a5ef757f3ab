import { status } from "@grpc/grpc-js";
import type { ResourceType } from "../../catalogue";
import { holdsUnknown, UNKNOWN } from "../../catalogue/values/property";
import type { Properties } from "../../catalogue/values/property";
import type { Dialect } from "../../client/dialect";
import { OpiError } from "../../client/error";
import * as lifecycle from "../../lifecycle";
import { isUnset } from "../../lifecycle/compare";
import { outputsOf } from "../../lifecycle/outputs";
import type { Session } from "../session";

/** The outputs that a create will have, as far as they are certain. Nothing is written; the agent is asked what it is. */
export async function previewCreate(
  session: Session,
  type: ResourceType,
  inputs: Properties,
  urn: string,
): Promise<Properties> {
  const dialect = await assertPossible(session, type, inputs, { verb: "create", urn });
  const identity = lifecycle.identityProperties(type).map((property) => inputs[property]);
  const isCertain = dialect !== undefined && !identity.some(holdsUnknown);
  return {
    ...inputs,
    ...agentsPart(type, inputs),
    [lifecycle.NAME]: isCertain ? lifecycle.predictedName(type, inputs, dialect) : UNKNOWN,
  };
}

/** The outputs that an update will have: what it does not touch stays what it is. */
export async function previewUpdate(
  session: Session,
  type: ResourceType,
  { id, olds, news, urn }: { readonly id: string; readonly olds: Properties; readonly news: Properties; urn: string },
): Promise<Properties> {
  await assertPossible(session, type, news, { verb: "update", urn, object: id });
  const outputs = outputsOf(type, lifecycle.dialectOf(olds), { wished: news, before: olds, name: id });
  // Of an object that may not be there nothing is known but what is wished.
  return lifecycle.markerOf(olds).incomplete ? { ...outputs, ...agentsPart(type, news) } : outputs;
}

/** What the agent will fill in. */
function agentsPart(type: ResourceType, inputs: Properties): Properties {
  const fields = type.fields.filter(
    (field) => field.behavior === "output" || (field.assigned && isUnset(field, inputs[field.name])),
  );
  return Object.fromEntries(fields.map(({ name }) => [name, UNKNOWN]));
}

/** @throws OpiError for what the agent is known not to do, with the property paths */
async function assertPossible(
  session: Session,
  type: ResourceType,
  inputs: Properties,
  { verb, urn, object }: { readonly verb: "create" | "update"; readonly urn: string; readonly object?: string },
): Promise<Dialect | undefined> {
  const dialect = await session.dialectForPreview();
  if (!dialect) return undefined;
  const { failures, warnings } = lifecycle.checkAgent(type, inputs, dialect);
  warnings.forEach((warning) => session.log.warn(warning, urn));
  if (failures.length === 0) return dialect;
  const reasons = failures.map(({ property, reason }) => (property ? `${property}: ${reason}` : reason)).join("; ");
  const attempt = { action: `${verb} ${type.noun}`, object, agent: session.agent().address };
  throw new OpiError(status.FAILED_PRECONDITION, reasons, attempt);
}
