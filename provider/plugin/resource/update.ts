import type { UpdateRequest } from "@pulumi/pulumi/proto/provider_pb";
import { UpdateResponse } from "@pulumi/pulumi/proto/provider_pb";
import * as lifecycle from "../../lifecycle";
import { InitializationFailed } from "../errors";
import { typeOf } from "../session";
import type { Session } from "../session";
import { decode } from "../values/decode";
import { ignoredPaths } from "./ignored-paths";
import { marked } from "./marked";
import { previewUpdate } from "./preview";

export async function update(session: Session, request: UpdateRequest, signal: AbortSignal): Promise<UpdateResponse> {
  const type = typeOf(request);
  const id = request.getId();
  const urn = request.getUrn();
  const olds = decode(request.getOlds());
  const news = decode(request.getNews());
  // What is secret no more in the program is shown again, so the old marks do not count.
  const encoded = marked(session, type, news.secrets);
  const change = { id, olds: olds.properties, news: news.properties };
  if (request.getPreview()) {
    const outputs = await previewUpdate(session, type, { ...change, urn });
    return new UpdateResponse().setProperties(encoded(outputs));
  }
  const ignoreChanges = ignoredPaths(type, request.getIgnorechangesList());
  try {
    const place = session.place(type, { urn, seconds: request.getTimeout(), signal });
    const outputs = await lifecycle.update(place, { ...change, ignoreChanges });
    return new UpdateResponse().setProperties(encoded(outputs));
  } catch (error) {
    if (!(error instanceof lifecycle.Incomplete)) throw error;
    throw new InitializationFailed(error.message, {
      id: error.resource.id,
      outputs: encoded(error.resource.outputs),
      inputs: encoded(news.properties),
    });
  }
}
