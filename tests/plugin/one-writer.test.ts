import { withStack } from "../engine/stack";
import { startOneWriterAgent, type OneWriterAgent } from "./one-writer";
import { OpiResource, withPlugin } from "./plugin";

let agent: OneWriterAgent;
beforeEach(async () => {
  agent = await startOneWriterAgent();
});
afterEach(() => agent.stop());

const SUBSYSTEMS = 12;
/** Each with a volume, a namespace and a controller. */
const program = async (): Promise<void> => {
  for (let n = 0; n < SUBSYSTEMS; n++) {
    const volume = new OpiResource("NullVolume", `vol-${n}`, { blockSize: 512, blocksCount: 64 });
    const subsystem = new OpiResource("NvmeSubsystem", `ss-${n}`, { nqn: `nqn.2014-08.org.example:ss-${n}` });
    const nvmeSubsystem = subsystem.name;
    new OpiResource("NvmeNamespace", `ns-${n}`, { nvmeSubsystem, volumeNameRef: volume.name, hostNsid: 1 });
    const fabricsId = { traddr: "127.0.0.1", trsvcid: "4420", adrfam: "ipv4" };
    new OpiResource("NvmeController", `ctrl-${n}`, { nvmeSubsystem, trtype: "tcp", fabricsId });
  }
};

test("with --parallel 64 an agent that takes one write at a time gets one at a time, and all is made and deleted", async () => {
  await withStack(program, withPlugin(agent.address), async (stack) => {
    await stack.up({ parallel: 64 });
    expect(agent.overlaps).toEqual([]);
    expect(agent.objects.size).toBe(4 * SUBSYSTEMS);
    await stack.destroy({ parallel: 64 });
    expect(agent.overlaps).toEqual([]);
    expect([...agent.objects.keys()]).toEqual([]);
  });
}, 60_000);
