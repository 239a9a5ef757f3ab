import type { SpdkState } from "../state";
import { DecodeFailure, decodeObject, type Decoded, type Schema } from "./params";
import { INTERNAL_ERROR, INVALID_PARAMS, RpcFault } from "./fault";

/** When a verb may be called: before framework_start_init, after it, or always. */
export type Phase = "startup" | "runtime" | "any";

export interface Verb {
  readonly method: string;
  readonly phase: Phase;
  run(spdk: SpdkState, params: unknown): unknown;
}

/** How a verb answers parameters it cannot decode: SPDK's modules differ. */
export interface Undecodable {
  readonly code: number;
  readonly message: string;
}

export const DECODE_FAILED: Undecodable = { code: INTERNAL_ERROR, message: "spdk_json_decode_object failed" };
export const INVALID_PARAMETERS: Undecodable = { code: INVALID_PARAMS, message: "Invalid parameters" };
export const INVALID_ARGUMENT: Undecodable = { code: INVALID_PARAMS, message: "Invalid argument" };

/** A verb is its parameters, what it says when they do not decode, and a function on the state. */
export function verb<S extends Schema>(
  method: string,
  definition: {
    readonly phase?: Phase;
    readonly params: S;
    readonly undecodable?: Undecodable;
    readonly unknownMembers?: "refused" | "ignored";
    run(spdk: SpdkState, params: Decoded<S>): unknown;
  },
): Verb {
  const { code, message } = definition.undecodable ?? DECODE_FAILED;
  return {
    method,
    phase: definition.phase ?? "runtime",
    run(spdk, params) {
      let decoded: Decoded<S>;
      try {
        decoded = decodeObject(definition.params, params ?? {}, definition.unknownMembers);
      } catch (error) {
        if (error instanceof DecodeFailure) throw new RpcFault(code, message);
        throw error;
      }
      return definition.run(spdk, decoded);
    },
  };
}

/** A verb that takes no parameters, and says so when it gets some. */
export function bareVerb(method: string, run: (spdk: SpdkState) => unknown, phase: Phase = "runtime"): Verb {
  return {
    method,
    phase,
    run(spdk, params) {
      if (params !== undefined) throw new RpcFault(INVALID_PARAMS, `${method} requires no parameters`);
      return run(spdk);
    },
  };
}
