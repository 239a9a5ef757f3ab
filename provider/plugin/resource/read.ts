import type { ReadRequest } from "@pulumi/pulumi/proto/provider_pb";
import { ReadResponse } from "@pulumi/pulumi/proto/provider_pb";
import * as lifecycle from "../../lifecycle";
import { typeOf } from "../session";
import type { Session } from "../session";
import { decode } from "../values/decode";
import { importedInputs, isImport } from "./imported";
import { marked } from "./marked";

/** Reads for refresh, and by id alone for imports and `get`. An empty id tells the engine that the object is gone. */
export async function read(session: Session, request: ReadRequest, signal: AbortSignal): Promise<ReadResponse> {
  const type = typeOf(request);
  const known = decode(request.getProperties());
  const given = decode(request.getInputs());
  const place = session.place(type, { urn: request.getUrn(), seconds: request.getTimeout(), signal });
  // Only what this provider made carries the mark; what a program gives to `get` is a hint, not knowledge.
  const isKnown = known.properties[lifecycle.MARKER] !== undefined;
  const resource = await lifecycle.read(place, {
    id: request.getId(),
    ...(isKnown ? { outputs: known.properties, inputs: given.properties } : {}),
  });
  if (!resource) return new ReadResponse();
  const encoded = marked(session, type, known.secrets, given.secrets);
  const inputs = isImport(request) && !isKnown ? importedInputs(resource, place) : resource.inputs;
  return new ReadResponse().setId(resource.id).setProperties(encoded(resource.outputs)).setInputs(encoded(inputs));
}
