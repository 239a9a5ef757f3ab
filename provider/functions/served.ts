import { status } from "@grpc/grpc-js";
import type { ResourceType, Verb } from "../catalogue";
import { OpiError } from "../client";
import type { Agent, CallOptions, Dialect } from "../client";

const ACTIONS = { get: "read", list: "list", stats: "read the counters of" } as const;

/**
 * The agent's dialect, once it is known that the call works there: some agents answer OK with nothing true in it
 * (recordings/bridge-grpc.jsonl: NvmeSubsystem/stats, -1 in every counter).
 *
 * @throws OpiError UNIMPLEMENTED with the reason and the way round
 */
export async function served(
  agent: Agent,
  type: ResourceType,
  verb: Verb & keyof typeof ACTIONS,
  object: string | undefined,
  options: CallOptions,
): Promise<Dialect> {
  const dialect = await agent.dialect(options);
  const why = dialect.unavailable[type.noun]?.[verb];
  if (why === undefined) return dialect;
  const attempt = { action: `${ACTIONS[verb]} ${type.noun}`, object, agent: agent.address };
  throw new OpiError(status.UNIMPLEMENTED, why, attempt);
}
