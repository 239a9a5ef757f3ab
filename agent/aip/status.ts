import { status as Code, type StatusObject, Metadata } from "@grpc/grpc-js";

import { SpdkBusyError, SpdkError, SpdkTransportError } from "../spdk";

export { Code };

/** An answer that is an error: a gRPC code and a text for the person at the terminal. Never holds a secret. */
export class StatusError extends Error {
  override readonly name = "StatusError";

  constructor(
    readonly code: Code,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }

  toStatus(): StatusObject {
    return { code: this.code, details: this.message, metadata: new Metadata() };
  }
}

export const invalidArgument = (message: string): StatusError => new StatusError(Code.INVALID_ARGUMENT, message);
export const notFound = (message: string): StatusError => new StatusError(Code.NOT_FOUND, message);
export const alreadyExists = (message: string): StatusError => new StatusError(Code.ALREADY_EXISTS, message);
export const failedPrecondition = (message: string): StatusError => new StatusError(Code.FAILED_PRECONDITION, message);
export const unavailable = (message: string): StatusError => new StatusError(Code.UNAVAILABLE, message);

/** SPDK answers with negative errno values, or with JSON-RPC's own codes and only the text to tell cases apart. */
const BY_ERRNO: Readonly<Record<number, Code>> = {
  [-1]: Code.FAILED_PRECONDITION, // EPERM: the bdev is claimed (crypto/bdev_base_claimed)
  [-2]: Code.FAILED_PRECONDITION, // ENOENT: no such file on the DPU (bdev/aio_missing_file)
  [-5]: Code.FAILED_PRECONDITION, // EIO: the remote side refused (nvme/attach_bad_sub)
  [-6]: Code.FAILED_PRECONDITION,
  [-11]: Code.FAILED_PRECONDITION, // EAGAIN: a limited bdev that is not exported (26.05)
  [-12]: Code.RESOURCE_EXHAUSTED, // ENOMEM (bdev/malloc_oom)
  [-13]: Code.FAILED_PRECONDITION,
  [-16]: Code.FAILED_PRECONDITION, // EBUSY
  [-17]: Code.ALREADY_EXISTS, // EEXIST
  [-19]: Code.FAILED_PRECONDITION, // ENODEV
  [-21]: Code.FAILED_PRECONDITION, // EISDIR (bdev/aio_dir)
  [-22]: Code.INVALID_ARGUMENT, // EINVAL
  [-114]: Code.ALREADY_EXISTS, // EALREADY: that path is attached (nvme/attach_again)
  [-32601]: Code.UNIMPLEMENTED, // this SPDK lacks the verb
};

const BY_TEXT: readonly (readonly [RegExp, Code])[] = [
  [/file exists|already exists|rc -17\b/i, Code.ALREADY_EXISTS],
  [/no such device|not found|does not exist/i, Code.FAILED_PRECONDITION],
  [/busy/i, Code.FAILED_PRECONDITION],
  [/invalid|rc -22\b/i, Code.INVALID_ARGUMENT],
];

/** What a failure says to the client. `attempt` names the call and the object. */
export function toStatusError(error: unknown, attempt: string): StatusError {
  if (error instanceof StatusError) return error;
  if (error instanceof SpdkError) {
    const code = BY_ERRNO[error.code] ?? BY_TEXT.find(([text]) => text.test(error.rawMessage))?.[1] ?? Code.INTERNAL;
    return new StatusError(code, `${attempt}: ${error.message}`, { cause: error });
  }
  if (error instanceof SpdkBusyError)
    return new StatusError(Code.RESOURCE_EXHAUSTED, `${attempt}: ${error.message}; try again soon`, { cause: error });
  if (error instanceof SpdkTransportError)
    return new StatusError(Code.UNAVAILABLE, `${attempt}: SPDK cannot be reached: ${error.message}`, { cause: error });
  const text = error instanceof Error ? error.message : String(error);
  return new StatusError(Code.INTERNAL, `${attempt}: ${text}`, { cause: error });
}
