import { status } from "@grpc/grpc-js";
import { setTimeout as pause } from "node:timers/promises";
import { catalogue } from "../../provider/catalogue";
import { spdkBridge } from "../../provider/client/dialect";
import { refusal, startOddAgent, type Conduct, type OddAgent } from "../agents/odd-agent";

/** An agent that breaks for good when two writes meet, as the reference bridge does. */
export interface OneWriterAgent extends OddAgent {
  /** Writes that came while another was under way. */
  readonly overlaps: readonly string[];
}

/** How long a write is under way: without it none would meet another. */
const WRITE_MS = 5;

/**
 * It does not say what it is; clients find out. Two creates at once end the reference bridge with this text
 * (recordings/bridge-grpc.jsonl: special.concurrency).
 */
export async function startOneWriterAgent(): Promise<OneWriterAgent> {
  const overlaps: string[] = [];
  let underWay = 0;
  const conduct: Conduct = {};
  for (const { methods } of catalogue.types) {
    for (const verb of ["create", "update", "delete"] as const) {
      const method = methods[verb]?.rpc.split("/").pop();
      if (method === undefined) continue;
      conduct[method] = async ({ obey }) => {
        if (underWay > 0) overlaps.push(method);
        underWay += 1;
        await pause(WRITE_MS);
        underWay -= 1;
        const isDead = overlaps.length > 0;
        return isDead ? refusal(status.UNAVAILABLE, "fatal error: concurrent map writes") : obey();
      };
    }
  }
  return Object.assign(await startOddAgent(spdkBridge, conduct), { overlaps });
}
