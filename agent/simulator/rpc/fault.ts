/** Linux errno texts, as strerror prints them: SPDK passes most failures on as a negative errno with this text. */
const ERRNO_TEXT = {
  EPERM: [1, "Operation not permitted"],
  ENOENT: [2, "No such file or directory"],
  EIO: [5, "Input/output error"],
  ENXIO: [6, "No such device or address"],
  EAGAIN: [11, "Resource temporarily unavailable"],
  ENOMEM: [12, "Cannot allocate memory"],
  EACCES: [13, "Permission denied"],
  EBUSY: [16, "Device or resource busy"],
  EEXIST: [17, "File exists"],
  ENODEV: [19, "No such device"],
  EISDIR: [21, "Is a directory"],
  EINVAL: [22, "Invalid argument"],
  ENOSPC: [28, "No space left on device"],
  EOPNOTSUPP: [95, "Operation not supported"],
  ETIMEDOUT: [110, "Connection timed out"],
  EALREADY: [114, "Operation already in progress"],
  ENOKEY: [126, "Required key not available"],
} as const satisfies Record<string, readonly [number, string]>;

export type Errno = keyof typeof ERRNO_TEXT;

/** JSON-RPC 2.0 section 5.1. */
export const PARSE_ERROR = -32700;
export const INVALID_REQUEST = -32600;
export const METHOD_NOT_FOUND = -32601;
export const INVALID_PARAMS = -32602;
export const INTERNAL_ERROR = -32603;
/** From the range JSON-RPC leaves to servers. SPDK does not use it, so it cannot be mistaken for one of SPDK's answers. */
export const SIMULATOR_REFUSAL = -32000;

/** What a verb throws to be answered as a JSON-RPC error. */
export class RpcFault extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** The negative errno with its text. Some verbs keep the text under a JSON-RPC code of their own. */
export function errnoFault(errno: Errno, code?: number): RpcFault {
  const [number, text] = ERRNO_TEXT[errno];
  return new RpcFault(code ?? -number, text);
}

export function errnoNumber(errno: Errno): number {
  return -ERRNO_TEXT[errno][0];
}

/** Where a real SPDK was recorded to crash or hang, the simulator answers this instead of imitating the disaster. */
export function wouldBreakSpdk(what: string): RpcFault {
  return new RpcFault(SIMULATOR_REFUSAL, `simulator: a real SPDK dies or hangs here (${what})`);
}

export function isErrno(code: unknown): code is Errno {
  return typeof code === "string" && code in ERRNO_TEXT;
}
