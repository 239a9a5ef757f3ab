/**
 * SPDK answered a call with a JSON-RPC error.
 *
 * `code` is SPDK's own: a negative errno (-17 "File exists", -19 "No such device"), a JSON-RPC code (-32601, -32602,
 * -32603), or now and then a positive errno (bdev_nvme_get_controllers answers 22). The parameters of the call are
 * never part of the error, since they can hold keys.
 */
export class SpdkError extends Error {
  override readonly name = "SpdkError";

  constructor(
    readonly method: string,
    readonly code: number,
    /** SPDK's text, exactly as it came. */
    readonly rawMessage: string,
  ) {
    super(`SPDK refused ${method}: ${rawMessage.trim()} (code ${code})`);
  }
}

/**
 * A call that got no answer: SPDK could not be reached, the connection dropped, the deadline passed, or the caller gave up.
 *
 * `sent` says whether the request may have reached SPDK. When it is true the outcome is unknown and only a look at
 * SPDK's state tells; when it is false nothing was done and the call may simply be repeated.
 */
export class SpdkTransportError extends Error {
  override readonly name = "SpdkTransportError";

  constructor(
    readonly method: string,
    readonly sent: boolean,
    problem: string,
    options?: { readonly cause?: unknown },
  ) {
    super(
      `${method}: ${problem}` +
        (sent ? "; the request had been sent, so its outcome is unknown" : "; the request was not sent"),
      options,
    );
  }
}

/** As many calls are pending as may be: nothing was sent, and SPDK may be well. */
export class SpdkBusyError extends SpdkTransportError {
  constructor(method: string, problem: string) {
    super(method, false, problem);
  }
}
