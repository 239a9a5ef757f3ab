import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAgent } from "../../agent";
import { startSimulator } from "../../agent/simulator";
import { onRelease, tell } from "../processes/leash";
import { startPolledRelay } from "../spdk/polled-relay";

/** The embedded agent with its simulator, as `pulumi-opi agent` runs it; with `polled`, at SPDK's pace. */
async function main(polled: boolean): Promise<void> {
  if (!polled) {
    const agent = await startAgent({ listen: "127.0.0.1:0" });
    onRelease(() => agent.stop());
    tell({ address: agent.address });
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), "opi-bench-"));
  const simulator = await startSimulator({ socketPath: join(folder, "spdk.sock") });
  const relay = await startPolledRelay(join(folder, "polled.sock"), simulator.socketPath);
  const agent = await startAgent({ listen: "127.0.0.1:0", spdk: `unix:${relay.socketPath}` });
  onRelease(async () => {
    await agent.stop();
    await relay.close();
    await simulator.stop();
    await rm(folder, { recursive: true, force: true });
  });
  tell({ address: agent.address });
}

void main(process.argv[2] === "polled");
