import type { status } from "@grpc/grpc-js";

/** What a call failed with, before it is told in terms of objects and verbs. */
export interface CallFailure {
  readonly code: status;
  readonly detail: string;
  readonly remedy?: string;
  /** Whether the request provably never left. */
  readonly notSent?: true;
}

/** A failure on its way to becoming an OpiError; it never leaves the client. */
export class CallError extends Error {
  override readonly name = "CallError";

  constructor(
    readonly failure: CallFailure,
    options?: ErrorOptions,
  ) {
    super(failure.detail, options);
  }
}
