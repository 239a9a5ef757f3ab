import type { DeleteRequest } from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import * as lifecycle from "../../lifecycle";
import { typeOf } from "../session";
import type { Session } from "../session";
import { decode } from "../values/decode";

export async function remove(session: Session, request: DeleteRequest, signal: AbortSignal): Promise<Empty> {
  const place = session.place(typeOf(request), { urn: request.getUrn(), seconds: request.getTimeout(), signal });
  const outputs = decode(request.getProperties()).properties;
  await lifecycle.remove(place, { id: request.getId(), outputs });
  return new Empty();
}
