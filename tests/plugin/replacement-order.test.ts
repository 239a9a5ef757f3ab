import { startTestAgent, type TestAgent } from "../dynamic/agent";
import { withStack } from "../engine/stack";
import { OpiResource, withPlugin } from "./plugin";

let agent: TestAgent;
beforeEach(async () => {
  agent = await startTestAgent();
});
afterEach(() => agent.stop());

const deleteFirst = ["delete-replaced", "replace", "create-replacement"];
const createFirst = deleteFirst.toReversed();

interface Tenant {
  readonly nqn: string;
  readonly resourceId?: string;
}

/** A subsystem, the function by which the host sees it, and a volume in it, once for each tenant. */
const program = (tenants: Readonly<Record<string, Tenant>>) => async (): Promise<void> => {
  for (const [at, [name, tenant]] of Object.entries(tenants).entries()) {
    const disk = new OpiResource("MallocVolume", `${name}-disk`, { blockSize: 512, blocksCount: 64 });
    const subsystem = new OpiResource("NvmeSubsystem", name, { ...tenant });
    const nvmeSubsystem = subsystem.name;
    const pcieId = { portId: 0, physicalFunction: 0, virtualFunction: at + 1 };
    new OpiResource("NvmeController", `${name}-ctrl`, { nvmeSubsystem, trtype: "pcie", pcieId });
    new OpiResource("NvmeNamespace", `${name}-ns`, { nvmeSubsystem, volumeNameRef: disk.name, hostNsid: 1 });
  }
};
const nqn = (name: string): string => `nqn.2014-08.org.example:${name}`;

/** What becomes of the tenant when its subsystem changes while another tenant stays, and what the agent is asked for. */
async function moving(before: Tenant, after: Tenant) {
  const neighbour: Tenant = { nqn: nqn("neighbour") };
  return withStack(program({ tenant: before, neighbour }), withPlugin(agent.address), async (stack) => {
    await stack.up();
    const untouched = (await agent.objects()).filter((name) => name.includes("neighbour"));
    agent.writes();
    stack.program = program({ tenant: after, neighbour });
    const plan = await stack.preview();
    const { changes } = await stack.up();
    const writes = agent.writes();
    expect(plan.changes).toEqual(changes);
    expect((await stack.preview()).changes).toEqual({});
    expect((await stack.refresh()).changes).toEqual({});
    expect((await agent.objects()).filter((name) => name.includes("neighbour"))).toEqual(untouched);
    await stack.destroy();
    expect(await agent.objects()).toEqual([]);
    return { changes, writes };
  });
}

const childrenOf = (verb: string): readonly string[] => [`${verb}NvmeController`, `${verb}NvmeNamespace`];

test("a subsystem of another NQN under its own id goes after its children, and they come after it; nothing else is touched", async () => {
  const resourceId = "tenant";
  const { changes, writes } = await moving({ resourceId, nqn: nqn("old") }, { resourceId, nqn: nqn("new") });
  expect(changes).toEqual({ tenant: deleteFirst, "tenant-ctrl": deleteFirst, "tenant-ns": deleteFirst });
  expect(writes.slice(0, 2).toSorted()).toEqual(childrenOf("Delete"));
  expect(writes.slice(2, 4)).toEqual(["DeleteNvmeSubsystem", "CreateNvmeSubsystem"]);
  expect(writes.slice(4).toSorted()).toEqual(childrenOf("Create"));
}, 60_000);

test("a subsystem of another NQN with an automatic id comes before its children move, and the old one goes last", async () => {
  const { changes, writes } = await moving({ nqn: nqn("old") }, { nqn: nqn("new") });
  // The function and the volume are taken as long as the old children hold them.
  expect(changes).toEqual({ tenant: createFirst, "tenant-ctrl": deleteFirst, "tenant-ns": deleteFirst });
  expect([writes[0], writes.at(-1)]).toEqual(["CreateNvmeSubsystem", "DeleteNvmeSubsystem"]);
  const moves = writes.slice(1, -1);
  expect(moves.toSorted()).toEqual([...childrenOf("Create"), ...childrenOf("Delete")]);
  for (const noun of ["NvmeController", "NvmeNamespace"]) {
    expect(moves.indexOf(`Delete${noun}`)).toBeLessThan(moves.indexOf(`Create${noun}`));
  }
}, 60_000);
