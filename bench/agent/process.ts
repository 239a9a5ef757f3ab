import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAgent } from "../../agent";
import { startSimulator } from "../../agent/simulator";
import { onRelease, tell } from "../processes/leash";
import { startPolledRelay } from "../spdk/polled-relay";
import { connectionEach } from "./connection-each";
import type { Manner } from "./start";

/** The embedded agent with its simulator, as `pulumi-opi agent` runs it; or at SPDK's pace, in one manner or the other. */
async function main(manner: Manner): Promise<void> {
  if (manner === "immediate") {
    const agent = await startAgent({ listen: "127.0.0.1:0" });
    onRelease(() => agent.stop());
    tell({ address: agent.address });
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), "opi-bench-"));
  if (manner === "durable") {
    const agent = await startAgent({ listen: "127.0.0.1:0", stateFolder: join(folder, "state") });
    onRelease(async () => {
      await agent.stop();
      await rm(folder, { recursive: true, force: true });
    });
    tell({ address: agent.address });
    return;
  }
  const simulator = await startSimulator({ socketPath: join(folder, "spdk.sock") });
  const relay = await startPolledRelay(join(folder, "polled.sock"), simulator.socketPath);
  const spdk = manner === "pipelined" ? `unix:${relay.socketPath}` : connectionEach(relay.socketPath);
  const agent = await startAgent({ listen: "127.0.0.1:0", spdk });
  onRelease(async () => {
    await agent.stop();
    await relay.close();
    await simulator.stop();
    await rm(folder, { recursive: true, force: true });
  });
  tell({ address: agent.address });
}

// What start.ts says.
void main(process.argv[2] as Manner);
