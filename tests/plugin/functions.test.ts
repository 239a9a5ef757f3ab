import * as pulumi from "@pulumi/pulumi";
import { functions } from "../../provider/functions";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { startTestAgent, type TestAgent } from "../dynamic/agent";
import { psk } from "../dynamic/keys";
import { withStack } from "../engine/stack";
import { OpiProvider, OpiResource, withPlugin } from "./plugin";

let agent: TestAgent;
beforeEach(async () => {
  agent = await startTestAgent();
});
afterEach(() => agent.stop());

test("the schema names exactly the functions that there are, with their arguments", () => {
  const schema = JSON.parse(readFileSync(resolve(__dirname, "../../schema.json"), "utf8")) as {
    functions: Record<string, { inputs?: { properties?: Record<string, unknown>; required?: string[] } }>;
  };
  const described = Object.entries(schema.functions).map(([token, { inputs }]) => [
    token,
    Object.fromEntries(
      Object.keys(inputs?.properties ?? {}).map((name) => [
        name,
        inputs?.required?.includes(name) ? "required" : "optional",
      ]),
    ),
  ]);
  const served = functions.map((each) => [each.token, each.arguments]);
  expect(Object.fromEntries(described)).toEqual(Object.fromEntries(served));
});

test("programs read single objects, lists, counters, the device and its abilities, by any provider, without a secret", async () => {
  const subsystems = ["ss-one", "ss-two"];
  for (const id of subsystems) {
    await agent.create("NvmeSubsystem", id, {
      nqn: `nqn.2014-08.org.example:${id}`,
      hostnqn: "nqn.2014-08.org.example:host",
      psk: psk("functions canary"),
    });
    const parent = `nvmeSubsystems/${id}`;
    const trtype = "NVME_TRANSPORT_TYPE_PCIE";
    const pcieId = { portId: 0, physicalFunction: 0, virtualFunction: subsystems.indexOf(id) + 1 };
    await agent.create("NvmeController", "ctrl-one", { trtype, pcieId }, parent);
  }
  const program = async (): Promise<Record<string, unknown>> => {
    const provider = new OpiProvider("dpu", { address: agent.address });
    const options = { provider };
    const ask = (token: string, args: pulumi.Inputs = {}): pulumi.Output<unknown> =>
      pulumi.runtime.invokeOutput(token, args, options);
    return {
      one: ask("opi:frontend:getNvmeSubsystem", { name: "nvmeSubsystems/ss-one" }),
      all: ask("opi:frontend:listNvmeSubsystems"),
      controllers: ask("opi:frontend:listNvmeControllers"),
      below: ask("opi:frontend:listNvmeControllers", { nvmeSubsystem: "ss-two" }),
      stats: ask("opi:frontend:getNvmeSubsystemStats", { name: "nvmeSubsystems/ss-one" }),
      device: ask("opi:inventory:getInventory"),
      able: ask("opi:index:getCapabilities"),
      hidden: ask("opi:frontend:getNvmeSubsystem", { name: pulumi.secret("nvmeSubsystems/ss-two") }),
    };
  };
  await withStack(program, withPlugin(), async (stack) => {
    await stack.up();
    const told = await stack.outputs();
    expect(told).toMatchObject({
      one: { name: "nvmeSubsystems/ss-one", resourceId: "ss-one", nqn: "nqn.2014-08.org.example:ss-one" },
      all: { nvmeSubsystems: [{ resourceId: "ss-one" }, { resourceId: "ss-two" }] },
      controllers: {
        nvmeControllers: [
          { nvmeSubsystem: "nvmeSubsystems/ss-one", resourceId: "ctrl-one" },
          { nvmeSubsystem: "nvmeSubsystems/ss-two", resourceId: "ctrl-one" },
        ],
      },
      below: { nvmeControllers: [{ name: "nvmeSubsystems/ss-two/nvmeControllers/ctrl-one" }] },
      stats: { saturated: false, stats: { readOpsCount: 0 } },
      able: { dialect: "standard", concurrentWrites: true, agent: expect.any(String) },
      hidden: { resourceId: "ss-two" },
    });
    expect(Object.keys(told.device as object)).toContain("processor");
    const { services } = told.able as { readonly services: readonly { readonly name: string }[] };
    expect(services.map(({ name }) => name)).toContain("opi_api.storage.v1.NullVolumeService");
    expect(JSON.stringify(told)).not.toContain("NVMeTLSkey");
    // What was asked with a secret is answered as one.
    const [state] = stack.state().checkpoint.latest?.resources ?? [];
    expect(state?.outputs?.hidden).toMatchObject({ ciphertext: expect.any(String) });
    const again = await stack.preview();
    expect(again.changes).toEqual({});
  });
}, 60_000);

test("wrong arguments are failures by name, and an object that is not there an error that names it", async () => {
  const asking = (token: string, args: pulumi.Inputs) => async (): Promise<Record<string, unknown>> => ({
    told: pulumi.runtime.invokeOutput(token, args),
  });
  const cases = [
    [asking("opi:frontend:getNvmeSubsystem", {}), "name"],
    [asking("opi:frontend:getNvmeSubsystem", { name: "nvmeSubsystems/none" }), "nvmeSubsystems/none"],
    [asking("opi:frontend:listNvmeSubsystems", { parent: "x" }), "the function takes no arguments"],
    [asking("opi:frontend:getToaster", {}), "no such function"],
  ] as const;
  for (const [program, words] of cases) {
    const said = await withStack(program, withPlugin(agent.address), (stack) => stack.preview({ fails: true }));
    expect(`${said.stdout}${said.stderr}`).toContain(words);
  }
}, 60_000);

test("a function takes the name of a resource that the same program makes", async () => {
  const program = async (): Promise<Record<string, unknown>> => {
    const volume = new OpiResource("NullVolume", "vol", { blockSize: 512, blocksCount: 2048 });
    return { told: pulumi.runtime.invokeOutput("opi:backend:getNullVolume", { name: volume.name }) };
  };
  await withStack(program, withPlugin(agent.address), async (stack) => {
    await stack.preview();
    await stack.up();
    expect(await stack.outputs()).toMatchObject({ told: { blocksCount: 2048 } });
    await stack.destroy();
  });
}, 60_000);
