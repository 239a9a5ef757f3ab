import { status } from "@grpc/grpc-js";
import type { Method } from "../../../provider/catalogue";
import type { WireMessage } from "../../../provider/catalogue/values/wire";
import { CallError } from "../../../provider/client/call-error";
import type { Probe } from "../../../provider/client/probe";

/** What came of one call. */
export type Outcome =
  | { readonly kind: "answer"; readonly message: WireMessage; readonly milliseconds: number }
  | { readonly kind: "error"; readonly code: status; readonly said: string; readonly milliseconds: number };

/** The agent answered calls before, and does no more: agents are known to end when a call finds a fault in them. */
export class AgentGone extends Error {
  override readonly name = "AgentGone";
}

/** The call during which the connection was lost, while nothing has been answered since. */
const lost = new WeakMap<Probe, string>();

/** One call of the contract; its failure is an outcome like any other, unless the agent is gone. @throws AgentGone */
export async function call(probe: Probe, { rpc, request, response }: Method, message: WireMessage): Promise<Outcome> {
  const started = performance.now();
  const milliseconds = (): number => performance.now() - started;
  try {
    const answer = await probe.ask(rpc, request, response, message);
    lost.delete(probe);
    return { kind: "answer", message: answer, milliseconds: milliseconds() };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    const failed = { kind: "error", code: error.failure.code, said: probe.words(error) } as const;
    const took = milliseconds();
    // Nothing here cancels a call: the other side did, by taking its connection down.
    if (failed.code !== status.UNAVAILABLE && failed.code !== status.CANCELLED) lost.delete(probe);
    else {
      // While a process ends, its port may still be open for a moment: then only the next call finds it closed.
      const first = lost.get(probe) ?? `${methodOf(rpc)}: ${failed.said}`;
      lost.set(probe, first);
      if ((await probe.diagnose()) !== undefined) {
        throw new AgentGone(`the agent stopped answering when it was asked for ${first}`);
      }
    }
    return { ...failed, milliseconds: took };
  }
}

/** `ListNullVolumes` of `/opi_api.storage.v1.NullVolumeService/ListNullVolumes`. */
export const methodOf = (rpc: string): string => rpc.slice(rpc.lastIndexOf("/") + 1);
