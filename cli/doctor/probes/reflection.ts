import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import { CallError } from "../../../provider/client/call-error";
import type { Probe } from "../../../provider/client/probe";

/** What server reflection says (grpc.reflection.v1, or its forerunner v1alpha, which asks and answers alike). */
export interface Reflection {
  readonly served: boolean;
  /** Full names of all services, those of the contract and others. */
  readonly services: readonly string[];
  /** Why there are none. */
  readonly said?: string;
}

const VERSIONS = ["v1", "v1alpha"];

/** Fields of ServerReflectionRequest, ServerReflectionResponse, ListServiceResponse and ServiceResponse. */
const LIST_SERVICES = 7;
const LIST_SERVICES_RESPONSE = 6;
const SERVICE = 1;
const NAME = 1;

export async function lookAtReflection(probe: Probe): Promise<Reflection> {
  const request = new BinaryWriter()
    .uint32((LIST_SERVICES << 3) | 2)
    .string("*")
    .finish();
  let said: string | undefined;
  for (const version of VERSIONS) {
    try {
      // On the wire a stream of one request and one answer is a unary call.
      const answer = await probe.unary(`/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`, request);
      return { served: true, services: servicesIn(answer).sort() };
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      said = probe.words(error);
    }
  }
  return { served: false, services: [], said };
}

function servicesIn(answer: Uint8Array): string[] {
  return messages(answer, LIST_SERVICES_RESPONSE).flatMap((list) =>
    messages(list, SERVICE).flatMap((service) =>
      messages(service, NAME).map((name) => Buffer.from(name).toString("utf8")),
    ),
  );
}

/** The values of a length-delimited field. */
function messages(bytes: Uint8Array, wanted: number): Uint8Array[] {
  const reader = new BinaryReader(bytes);
  const found: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === wanted) found.push(reader.bytes());
    else reader.skip(wireType);
  }
  return found;
}
