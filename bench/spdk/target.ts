import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSimulator } from "../../agent/simulator";
import { onRelease, tell } from "../processes/leash";
import { startPolledRelay } from "./polled-relay";

/** The simulator, answering at once and, through a relay, at SPDK's pace. */
async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "opi-bench-"));
  const simulator = await startSimulator({ socketPath: join(folder, "spdk.sock") });
  const relay = await startPolledRelay(join(folder, "polled.sock"), simulator.socketPath);
  onRelease(async () => {
    await relay.close();
    await simulator.stop();
    await rm(folder, { recursive: true, force: true });
  });
  tell({ immediate: simulator.socketPath, polled: relay.socketPath } satisfies Target);
}

export interface Target {
  readonly immediate: string;
  readonly polled: string;
}

if (require.main === module) void main();
