import { join } from "node:path";
import { startChild } from "../processes/child";

/**
 * How the agent's calls reach SPDK: answered at once (`durable`: with its state on the disk); or at the pace of a real one's socket (see spdk/polled-relay.ts),
 * pipelined on one connection or on a connection for each call.
 */
export type Manner = "immediate" | "durable" | "pipelined" | "connectionEach";

/** A fresh agent in a process of its own for `use`, gone afterwards. */
export async function withAgent<T>(use: (address: string) => Promise<T>, manner: Manner = "immediate"): Promise<T> {
  const agent = await startChild<{ readonly address: string }>(join(__dirname, "process.ts"), [manner]);
  try {
    return await use(agent.told.address);
  } finally {
    await agent.stop();
  }
}
