import { create, fromBinary, fromJson, toBinary, toJson } from "@bufbuild/protobuf";
import type { DescMethod, Message } from "@bufbuild/protobuf";
import { FieldMaskSchema } from "@bufbuild/protobuf/wkt";
import { Client, credentials, status } from "@grpc/grpc-js";
import { descriptors } from "../model/contract";
import type { Answer, Json } from "./recording";

/** Calls an agent in proto JSON with proto field names, as the recorder did. */
export class JsonClient {
  private readonly client: Client;

  constructor(readonly address: string) {
    this.client = new Client(address, credentials.createInsecure());
  }

  async call(service: string, method: string, request: Json): Promise<Answer> {
    const known = descriptors.registry.getService(service)?.methods.find(({ name }) => name === method);
    // Methods that the contract does not know take no bytes.
    const bytes = known ? toBinary(known.input, messageOf(known, request)) : new Uint8Array();
    const { registry } = descriptors;
    return new Promise((resolve) =>
      this.client.makeUnaryRequest<Uint8Array, Uint8Array>(
        `/${service}/${method}`,
        (message) => Buffer.from(message),
        (buffer) => buffer,
        bytes,
        (error, answer) => {
          if (error) resolve({ kind: "error", code: status[error.code], message: error.details });
          else if (!known || !answer) resolve({ kind: "response", response: {} });
          else {
            const json = toJson(known.output, fromBinary(known.output, answer), { useProtoFieldName: true, registry });
            // A message in JSON is an object.
            resolve({ kind: "response", response: json as Json });
          }
        },
      ),
    );
  }

  close(): void {
    this.client.close();
  }
}

/** Masks are recorded with proto names, which proto JSON does not take. */
function messageOf({ input }: DescMethod, { update_mask: mask, ...request }: Json): Message {
  // Recorded requests are proto JSON.
  const message = fromJson(input, request as Parameters<typeof fromJson>[1], { registry: descriptors.registry });
  if (typeof mask !== "string") return message;
  const paths = mask === "" ? [] : mask.split(",");
  return Object.assign(message, { updateMask: create(FieldMaskSchema, { paths }) });
}
