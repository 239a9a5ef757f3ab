import { status } from "@grpc/grpc-js";
import type { ListRequest } from "@pulumi/pulumi/proto/provider_pb";
import { ListResponse } from "@pulumi/pulumi/proto/provider_pb";
import { typeByToken } from "../catalogue";
import type { ResourceType } from "../catalogue";
import { holdsUnknown } from "../catalogue/values/property";
import { OpiError } from "../client/error";
import { entries } from "../functions";
import type { Session } from "./session";
import { decode } from "./values/decode";

/**
 * Lists objects that could be imported, with their ids: all of the type, or those of the parent that the query names.
 * A continuation token is the number of objects that came before.
 */
export async function list(
  session: Session,
  request: ListRequest,
  signal: AbortSignal,
  send: (response: ListResponse) => void,
): Promise<void> {
  const type = resourceType(request.getToken());
  const query = decode(request.getQuery()).properties;
  if (holdsUnknown(query)) {
    send(new ListResponse().setComputed(new ListResponse.Computed()));
    return;
  }
  const parent = type.parent && query[type.parent.property];
  const listed = await entries(session.agent(), type, typeof parent === "string" ? parent : undefined, { signal });
  // Without a name there is no id, and nothing to import (recordings/bridge-grpc.jsonl: NvmeSubsystem/list).
  const all = listed.filter(({ name }) => name !== "");
  if (all.length < listed.length && !request.getContinuationToken()) {
    const count = `${listed.length - all.length} of ${listed.length} ${type.noun} objects`;
    session.log.warn(`the agent lists ${count} without a name: they can only be imported by names that you know`);
  }
  const limit = request.getLimit() > 0 ? request.getLimit() : all.length;
  const start = Number(request.getContinuationToken() || 0);
  const end = Math.min(limit, all.length, request.getPageSize() > 0 ? start + request.getPageSize() : all.length);
  for (const { name, resourceId } of all.slice(start, end)) {
    send(new ListResponse().setResult(new ListResponse.Result().setId(name).setName(resourceId)));
  }
  if (end >= Math.min(limit, all.length)) return;
  send(new ListResponse().setContinuation(new ListResponse.Continuation().setContinuationToken(String(end))));
}

function resourceType(token: string): ResourceType {
  try {
    const type = typeByToken(token);
    if (!type.readOnly && type.methods.list) return type;
  } catch {
    // Said below, as for types that are no resources.
  }
  const attempt = { action: `list ${token}`, agent: "(none asked)" };
  throw new OpiError(status.INVALID_ARGUMENT, "this provider has no such resource type", attempt);
}
