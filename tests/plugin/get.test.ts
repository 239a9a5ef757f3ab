import type * as pulumi from "@pulumi/pulumi";
import { startTestAgent, type TestAgent } from "../dynamic/agent";
import { messagesOf } from "../dynamic/diagnostics";
import { withStack } from "../engine/stack";
import { OpiResource, withPlugin } from "./plugin";

let agent: TestAgent;
beforeEach(async () => {
  agent = await startTestAgent();
});
afterEach(() => agent.stop());

/** What `get` of an SDK is: a resource that is read by its id. */
const get = (noun: string, name: string, id: string): OpiResource => new OpiResource(noun, name, {}, { id });
const output = (resource: OpiResource, property: string): pulumi.Output<unknown> =>
  (resource as unknown as Readonly<Record<string, pulumi.Output<unknown>>>)[property];

test("get reads objects that are managed elsewhere, uses them, and leaves them there", async () => {
  await agent.create("MallocVolume", "disk", { blockSize: 512, blocksCount: 64 });
  await agent.create("NvmeSubsystem", "tenant", { nqn: "nqn.2014-08.org.example:tenant", serialNumber: "OPI7" });
  const namespace = { volumeNameRef: "mallocVolumes/disk", hostNsid: 3 };
  await agent.create("NvmeNamespace", "data", namespace, "nvmeSubsystems/tenant");
  const before = await agent.objects();
  agent.writes();

  const program = async (): Promise<Record<string, unknown>> => {
    const tenant = get("NvmeSubsystem", "tenant", "nvmeSubsystems/tenant");
    const data = get("NvmeNamespace", "data", "nvmeSubsystems/tenant/nvmeNamespaces/data");
    const pcieId = { portId: 0, physicalFunction: 0, virtualFunction: 1 };
    const own = { resourceId: "own1", nvmeSubsystem: tenant, trtype: "pcie", pcieId };
    const controller = new OpiResource("NvmeController", "own", own);
    return {
      serialNumber: output(tenant, "serialNumber"),
      hostNsid: output(data, "hostNsid"),
      subsystem: output(data, "nvmeSubsystem"),
      controller: controller.name,
    };
  };
  await withStack(program, withPlugin(agent.address), async (stack) => {
    await stack.up();
    expect(await stack.outputs()).toEqual({
      serialNumber: "OPI7",
      hostNsid: 3,
      subsystem: "nvmeSubsystems/tenant",
      controller: "nvmeSubsystems/tenant/nvmeControllers/own1",
    });
    expect((await stack.preview()).changes).toEqual({ data: ["read"], tenant: ["read"] });
    expect((await stack.refresh()).changes).toEqual({});
    await stack.destroy();
    expect(await agent.objects()).toEqual(before);
    expect(agent.writes()).toEqual(["CreateNvmeController", "DeleteNvmeController"]);
  });
}, 60_000);

test("get of an object that is not there, or by a name of another form, says so", async () => {
  const failure = async (id: string): Promise<string> => {
    const program = async (): Promise<void> => void get("MallocVolume", "none", id);
    const up = await withStack(program, withPlugin(agent.address), (stack) => stack.up({ fails: true }));
    return messagesOf(up, "error").join("\n");
  };
  expect(await failure("mallocVolumes/none")).toMatch(/mallocVolumes\/none.* does not exist/);
  expect(await failure("none")).toContain('"none" is no name of a MallocVolume (INVALID_ARGUMENT)');
}, 60_000);
