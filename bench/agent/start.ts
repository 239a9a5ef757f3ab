import { join } from "node:path";
import { startChild } from "../processes/child";

/** Whether the agent's SPDK answers at once, or at the pace of a real one's socket (see spdk/polled-relay.ts). */
export type Pace = "immediate" | "polled";

/** A fresh agent in a process of its own for `use`, gone afterwards. */
export async function withAgent<T>(use: (address: string) => Promise<T>, pace: Pace = "immediate"): Promise<T> {
  const agent = await startChild<{ readonly address: string }>(join(__dirname, "process.ts"), [pace]);
  try {
    return await use(agent.told.address);
  } finally {
    await agent.stop();
  }
}
