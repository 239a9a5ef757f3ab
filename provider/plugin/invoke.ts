import { status } from "@grpc/grpc-js";
import type { InvokeRequest } from "@pulumi/pulumi/proto/provider_pb";
import { CheckFailure, InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import { holdsUnknown } from "../catalogue/values/property";
import { OpiError } from "../client/error";
import { argumentFailures, functionByToken } from "../functions";
import type { Arguments } from "../functions";
import type { Session } from "./session";
import { decode } from "./values/decode";
import { encode } from "./values/encode";

/** Calls a function. What a secret was asked with is answered as a secret: it may tell the secret's value. */
export async function invoke(session: Session, request: InvokeRequest, signal: AbortSignal): Promise<InvokeResponse> {
  const token = request.getTok();
  const found = functionByToken(token);
  if (!found) {
    const attempt = { action: `call ${token}`, agent: "(none asked)" };
    throw new OpiError(status.INVALID_ARGUMENT, "this provider has no such function", attempt);
  }
  const { properties, secrets } = decode(request.getArgs());
  const failures = argumentFailures(found, properties).map(({ property, reason }) =>
    new CheckFailure().setProperty(property).setReason(reason),
  );
  // The engine keeps calls with unknown arguments to itself; an older one's are no reason to fail.
  if (holdsUnknown(properties)) return new InvokeResponse();
  if (failures.length > 0) return new InvokeResponse().setFailuresList(failures);
  // argumentFailures has seen to it that all of them are texts.
  const result = await found.call(session.agent(), properties as Arguments, { signal });
  const marks = session.acceptSecrets && secrets.size > 0 ? Object.keys(result) : [];
  return new InvokeResponse().setReturn(encode(result, new Set(marks)));
}
