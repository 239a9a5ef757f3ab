import type { Capabilities, Dialect } from "../../../provider/client";
import { CallError } from "../../../provider/client/call-error";
import { detectDialect } from "../../../provider/client/dialect/detect";
import type { Probe } from "../../../provider/client/probe";

/** Which kind of agent it is taken for, and why. */
export interface DialectFacts {
  /** What is used: as told, or as found. */
  readonly name: string;
  /** Whether it was told by --dialect or OPI_DIALECT rather than found out. */
  readonly told: boolean;
  /** What asking finds. */
  readonly found?: string;
  /** What was asked to find it, in order, and what came back. */
  readonly evidence: readonly { readonly asked: string; readonly answered: string }[];
  readonly concurrentWrites: boolean;
}

export interface Detected {
  readonly found: Dialect;
  readonly capabilities?: Capabilities;
  readonly evidence: DialectFacts["evidence"];
}

/** Lets the client's own detection ask, and listens. @throws CallError when the agent cannot be asked */
export async function detect(probe: Probe): Promise<Detected> {
  const evidence: { asked: string; answered: string }[] = [];
  let capabilities: Capabilities | undefined;
  const found = await detectDialect(async (rpc, request, response, message) => {
    const object = typeof message.name === "string" ? ` of ${message.name}` : "";
    const asked = `${rpc.slice(rpc.lastIndexOf(".") + 1)}${object}`;
    try {
      const answer = await probe.ask(rpc, request, response, message);
      // The codec decoded it as that message.
      if (response === "opi_ext.agent.v1.Capabilities") capabilities = answer as unknown as Capabilities;
      evidence.push({ asked, answered: "OK" });
      return answer;
    } catch (error) {
      if (error instanceof CallError) evidence.push({ asked, answered: probe.words(error) });
      throw error;
    }
  });
  return { found, capabilities, evidence };
}
