import { status } from "@grpc/grpc-js";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { version } from "../../package.json";
import { SECRET, SIGNATURE } from "../../provider/plugin/values/signatures";
import { startTestAgent, type TestAgent } from "../dynamic/agent";
import { psk } from "../dynamic/keys";
import { startProxy } from "../dynamic/proxy";
import { pluginFolder } from "./plugin";
import { startRelay } from "./relay";
import { startPlugin, struct, type PluginProcess } from "./process";

let agent: TestAgent;
let plugin: PluginProcess;
beforeEach(async () => {
  agent = await startTestAgent();
  plugin = await startPlugin();
});
afterEach(async () => {
  await plugin.stop();
  await agent.stop();
});

const urn = (noun: string, name: string): string => `urn:pulumi:dev::tests::opi:frontend:${noun}::${name}`;

async function configure(address = agent.address, acceptSecrets = true): Promise<void> {
  const request = new messages.ConfigureRequest().setArgs(struct({ address })).setAcceptsecrets(acceptSecrets);
  await plugin.call(plugin.client.configure, request);
}

const subsystem = { resourceId: "ss-one", nqn: "nqn.2014-08.org.example:one" };
const createRequest = (properties = struct(subsystem)): messages.CreateRequest =>
  new messages.CreateRequest().setUrn(urn("NvmeSubsystem", "one")).setProperties(properties);

test("it says its port and nothing else, who it is, and what its package holds", async () => {
  await configure();
  await plugin.call(plugin.client.create, createRequest());
  expect(plugin.stdout()).toMatch(/^\d+\n$/);
  const info = await plugin.call(plugin.client.getPluginInfo, new Empty());
  expect(info.getVersion()).toBe(version);
  const answer = await plugin.call(plugin.client.getSchema, new messages.GetSchemaRequest());
  expect(JSON.parse(answer.getSchema())).toMatchObject({ name: "opi", resources: { "opi:backend:NullVolume": {} } });
});

test("what it does not have is said to be missing, not silently done", async () => {
  const construct = new messages.ConstructRequest().setType("opi:index:Nothing").setName("x");
  await expect(plugin.call(plugin.client.construct, construct)).rejects.toMatchObject({
    code: status.UNIMPLEMENTED,
    details: "this provider has no component resources",
  });
  const call = new messages.CallRequest().setTok("opi:index:x/y");
  await expect(plugin.call(plugin.client.call, call)).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
  const mapping = await plugin.call(plugin.client.getMapping, new messages.GetMappingRequest().setKey("terraform"));
  expect(mapping.getProvider()).toBe("");
  await configure();
  const unknown = createRequest().setUrn("urn:pulumi:dev::tests::opi:frontend:Toaster::one");
  await expect(plugin.call(plugin.client.create, unknown)).rejects.toMatchObject({
    details: expect.stringContaining("Toaster") as unknown,
  });
});

test("before it is configured, calls end with a word on that", async () => {
  await expect(plugin.call(plugin.client.create, createRequest())).rejects.toMatchObject({
    code: status.FAILED_PRECONDITION,
    details: expect.stringContaining("not been configured") as unknown,
  });
});

test("secrets are marked for an engine that knows such marks, also when they came in plain, and plain for others", async () => {
  const secret = psk("protocol");
  const properties = struct({ ...subsystem, hostnqn: "nqn.2014-08.org.example:host", psk: secret });
  for (const accepts of [true, false]) {
    await configure(agent.address, accepts);
    const made = await plugin.call(plugin.client.create, createRequest(properties));
    const outputs = made.getProperties()?.toJavaScript();
    expect(outputs).toMatchObject({ psk: accepts ? { [SIGNATURE]: SECRET, value: secret } : secret });
    const remove = new messages.DeleteRequest().setUrn(urn("NvmeSubsystem", "one")).setId(made.getId());
    await plugin.call(plugin.client.delete, remove.setProperties(made.getProperties()));
  }
});

test("a file in place of a value is a failure of that property", async () => {
  await configure();
  const asset = { [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17", text: "hello" };
  const request = new messages.CheckRequest().setUrn(urn("NvmeSubsystem", "one"));
  const checked = await plugin.call(plugin.client.check, request.setNews(struct({ nqn: asset })));
  expect(checked.getFailuresList().map((each) => each.getProperty())).toEqual(["nqn"]);
});

test("what is wrong with a key is told by a path that lets the engine print no value", async () => {
  await configure();
  const request = new messages.CheckRequest().setUrn(urn("NvmeSubsystem", "one"));
  const checked = await plugin.call(
    plugin.client.check,
    request.setNews(struct({ nqn: "x", psk: "NVMeTLSkey-1:01:x" })),
  );
  const failures = checked.getFailuresList();
  expect(failures.map((each) => each.getProperty()).sort()).toEqual(['["psk"]', "nqn"]);
  expect(failures.map((each) => each.getReason()).join()).not.toContain("NVMeTLSkey-1:01:x");
});

test("the engine's seed decides the automatic id", async () => {
  await configure();
  const check = async (seed: string): Promise<unknown> => {
    const request = new messages.CheckRequest()
      .setUrn(urn("NvmeSubsystem", "One"))
      .setNews(struct({ nqn: subsystem.nqn }));
    const checked = await plugin.call(plugin.client.check, request.setRandomseed(Buffer.from(seed)));
    return checked.getInputs()?.toJavaScript().resourceId;
  };
  expect(await check("a")).toEqual(await check("a"));
  expect(await check("a")).not.toEqual(await check("b"));
  expect(await check("a")).toMatch(/^one-[0-9a-f]{7}$/);
});

test("a create that is cancelled before its answer is reported as half-made, with its name, inputs and outputs", async () => {
  const relay = await startRelay(agent.address);
  try {
    await configure(relay.address);
    await plugin.call(plugin.client.create, createRequest());
    relay.deafen();
    const second = createRequest(struct({ resourceId: "ss-two", nqn: "nqn.2014-08.org.example:two" }));
    const failing = plugin.call(plugin.client.create, second).catch((caught: unknown) => caught);
    while (!(await agent.objects()).includes("nvmeSubsystems/ss-two")) await setTimeout(20);
    await plugin.call(plugin.client.cancel, new Empty());
    const failed = initializationError(await failing);
    expect(failed?.getId()).toBe("nvmeSubsystems/ss-two");
    expect(failed?.getInputs()?.toJavaScript()).toMatchObject({ nqn: "nqn.2014-08.org.example:two" });
    expect(failed?.getProperties()?.toJavaScript()).toMatchObject({ __opi: { incomplete: true } });
    expect(failed?.getReasonsList()).toEqual([expect.stringContaining("CANCELLED")]);
  } finally {
    await relay.close();
  }
});

/** What stands in the details of an error by which the engine keeps a resource in its state. */
function initializationError(error: unknown): messages.ErrorResourceInitFailed | null | undefined {
  // grpc-js rejects with the metadata of the answer.
  const [packed] = (error as { metadata: { get(key: string): Buffer[] } }).metadata.get("grpc-status-details-bin");
  const [detail] = Status.deserializeBinary(packed ?? Buffer.alloc(0)).getDetailsList();
  const name = "pulumirpc.ErrorResourceInitFailed";
  return detail?.unpack((bytes) => messages.ErrorResourceInitFailed.deserializeBinary(bytes), name);
}

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s lets running calls end and answer, and the process end well",
  async (signal) => {
    const proxy = await startProxy(agent.address);
    try {
      await configure(proxy.address);
      await plugin.call(plugin.client.create, createRequest());
      proxy.silence();
      const read = new messages.ReadRequest().setUrn(urn("NvmeSubsystem", "one")).setId("nvmeSubsystems/ss-one");
      const reading = plugin.call(plugin.client.read, read).catch((error: unknown) => error);
      while (proxy.dialled < 2) await setTimeout(20);
      expect(await plugin.stop(signal)).toBe(0);
      expect(await reading).toMatchObject({ details: expect.stringContaining("CANCELLED") as unknown });
    } finally {
      await proxy.close();
      plugin = await startPlugin();
    }
  },
);

test("it ends when the engine that started it is killed", async () => {
  const script = `const { spawn } = require("node:child_process");
    spawn(process.argv[1], ["127.0.0.1:1"], { stdio: ["ignore", "inherit", "inherit"] });
    setInterval(() => undefined, 1000);`;
  const executable = join(pluginFolder, "pulumi-resource-opi");
  const engine = spawn(process.execPath, ["-e", script, executable], { stdio: ["ignore", "pipe", "pipe"] });
  await once(engine.stdout, "data");
  engine.kill("SIGKILL");
  // It is the last that holds this pipe open.
  await once(engine.stdout, "close");
});

test("it lists what could be imported, in pages, up to a limit", async () => {
  await configure();
  for (const id of ["vol-a", "vol-b", "vol-c"])
    await agent.create("NullVolume", id, { blockSize: 512, blocksCount: 2048 });
  const request = new messages.ListRequest().setToken("opi:backend:NullVolume").setPageSize(2);
  const first = await plugin.list(request);
  expect(first.map((each) => each.getResult()?.getId() ?? "more")).toEqual([
    "nullVolumes/vol-a",
    "nullVolumes/vol-b",
    "more",
  ]);
  const token = first.at(-1)?.getContinuation()?.getContinuationToken() ?? "";
  const second = await plugin.list(request.setContinuationToken(token));
  expect(second.map((each) => each.getResult()?.getName() ?? "more")).toEqual(["vol-c"]);
  const limited = await plugin.list(new messages.ListRequest().setToken("opi:backend:NullVolume").setLimit(1));
  expect(limited.length).toBe(1);
  await expect(plugin.list(new messages.ListRequest().setToken("opi:backend:Toaster"))).rejects.toThrow("Toaster");
});
