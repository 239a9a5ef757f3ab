import { Metadata, status } from "@grpc/grpc-js";
import type { ServiceError } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { OpiError } from "../client/error";
import { UnsupportedValue } from "./values/decode";

/** What a resource is when its create or update ended half-way: it stays in the state, with the reason. */
export class InitializationFailed extends Error {
  constructor(
    override readonly message: string,
    readonly resource: { readonly id: string; readonly outputs: Struct; readonly inputs: Struct },
  ) {
    super(message);
  }
}

/**
 * Codes that the engine would take for its own: UNIMPLEMENTED for a plugin that lacks a call, UNAVAILABLE for one that
 * is gone, and the others for an outcome that nobody knows, though the life cycle only throws when it is known.
 */
const CODES_OF_THE_PLUGIN: readonly status[] = [
  status.CANCELLED,
  status.UNKNOWN,
  status.UNIMPLEMENTED,
  status.UNAVAILABLE,
  status.INTERNAL,
  status.DATA_LOSS,
];

/** The error as the engine takes it; its message is what the user reads. */
export function serviceError(error: unknown): Partial<ServiceError> {
  if (error instanceof InitializationFailed) return initializationError(error);
  if (error instanceof OpiError) {
    const code = CODES_OF_THE_PLUGIN.includes(error.code) ? status.ABORTED : error.code;
    return { code, details: error.message };
  }
  if (error instanceof UnsupportedValue) return { code: status.INVALID_ARGUMENT, details: error.message };
  // A bug of ours: the stack is what a report of it needs.
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: status.INTERNAL, details };
}

export function unimplemented(what: string): Partial<ServiceError> {
  return { code: status.UNIMPLEMENTED, details: what };
}

function initializationError({ message, resource }: InitializationFailed): Partial<ServiceError> {
  const failed = new ErrorResourceInitFailed()
    .setId(resource.id)
    .setProperties(resource.outputs)
    .setInputs(resource.inputs)
    .setReasonsList([message]);
  const detail = new Any();
  detail.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const packed = new Status().setCode(status.UNKNOWN).setMessage(message).setDetailsList([detail]);
  const metadata = new Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(packed.serializeBinary()));
  return { code: status.UNKNOWN, details: message, metadata };
}
