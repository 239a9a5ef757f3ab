import type { SpdkState, SpdkVersionName } from "../state";
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

// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- a schema without members is meant
type NoMembers = Record<never, never>;

/**
 * A verb is its parameters, what it says when they do not decode, and a function on the state. Members that only one
 * version decodes stand apart, and are optional: 24.05 refuses newer ones, 26.05 those it no longer has.
 */
export function verb<S extends Schema, N extends Schema = NoMembers, F extends Schema = NoMembers>(
  method: string,
  definition: {
    readonly phase?: Phase;
    readonly params: S;
    /** Members that 26.05 brought. */
    readonly newer?: N;
    /** Members that 24.05 had. */
    readonly former?: F;
    readonly undecodable?: Undecodable;
    readonly unknownMembers?: "refused" | "ignored";
    run(spdk: SpdkState, params: Decoded<S> & Partial<Decoded<N> & Decoded<F>>): unknown;
  },
): Verb {
  const { code, message } = definition.undecodable ?? DECODE_FAILED;
  const schemas: Readonly<Record<SpdkVersionName, Schema>> = {
    "24.05": { ...definition.params, ...definition.former },
    "26.05": { ...definition.params, ...definition.newer },
  };
  return {
    method,
    phase: definition.phase ?? "runtime",
    run(spdk, params) {
      let decoded: Decoded<S> & Partial<Decoded<N> & Decoded<F>>;
      try {
        // Either schema has all of S, and of the others some or none.
        decoded = decodeObject(schemas[spdk.version], params ?? {}, definition.unknownMembers) as typeof decoded;
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
