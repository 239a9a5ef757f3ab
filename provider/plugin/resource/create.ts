import type { CreateRequest } from "@pulumi/pulumi/proto/provider_pb";
import { CreateResponse } from "@pulumi/pulumi/proto/provider_pb";
import * as lifecycle from "../../lifecycle";
import { InitializationFailed } from "../errors";
import { typeOf } from "../session";
import type { Session } from "../session";
import { decode } from "../values/decode";
import { marked } from "./marked";
import { previewCreate } from "./preview";

export async function create(session: Session, request: CreateRequest, signal: AbortSignal): Promise<CreateResponse> {
  const type = typeOf(request);
  const urn = request.getUrn();
  const given = decode(request.getProperties());
  const encoded = marked(session, type, given.secrets);
  if (request.getPreview()) {
    const outputs = await previewCreate(session, type, given.properties, urn);
    return new CreateResponse().setProperties(encoded(outputs));
  }
  try {
    const place = session.place(type, { urn, seconds: request.getTimeout(), signal });
    const { id, outputs } = await lifecycle.create(place, given.properties);
    return new CreateResponse().setId(id).setProperties(encoded(outputs));
  } catch (error) {
    if (!(error instanceof lifecycle.Incomplete)) throw error;
    const { id, outputs } = error.resource;
    throw new InitializationFailed(error.message, {
      id,
      outputs: encoded(outputs),
      inputs: encoded(given.properties),
    });
  }
}
