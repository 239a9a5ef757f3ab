import { status } from "@grpc/grpc-js";
import { typeByNoun } from "../catalogue";
import type { WireMessage } from "../catalogue/values/wire";
import { closeAll, connect } from ".";
import type { Agent } from ".";
import { startServer } from "./testing/server";
import type { Handler, TestServer } from "./testing/server";

const nullVolume = typeByNoun("NullVolume");
const controller = typeByNoun("NvmeController");
let server: TestServer | undefined;

afterEach(async () => {
  closeAll();
  await server?.stop();
});

async function agentThat(handlers: Record<string, Handler>, dialect: string): Promise<Agent> {
  server = await startServer(handlers);
  return connect({ address: server.address, dialect });
}
const volumes = (from: number, to: number): WireMessage[] =>
  Array.from({ length: to - from }, (_, i) => ({ name: `nullVolumes/v${from + i}`, blockSize: 512n }));

test("a list follows its pages to the end, empty pages on the way included", async () => {
  const pages: Record<string, WireMessage> = {
    "": { nullVolumes: volumes(0, 3), nextPageToken: "a" },
    a: { nullVolumes: [], nextPageToken: "b" },
    b: { nullVolumes: volumes(3, 5), nextPageToken: "" },
  };
  const agent = await agentThat({ ListNullVolumes: ({ pageToken }) => pages[String(pageToken)] }, "standard");
  expect((await agent.list(nullVolume)).map(({ name }) => name)).toEqual(volumes(0, 5).map(({ name }) => name));
});

test.each<readonly [string, (call: number) => WireMessage]>([
  ["repeats a token", (call) => ({ nullVolumes: volumes(call, call + 1), nextPageToken: "again" })],
  ["repeats a page", (call) => ({ nullVolumes: volumes(0, 2), nextPageToken: `token ${call}` })],
  ["gives empty pages for ever", (call) => ({ nullVolumes: [], nextPageToken: `token ${call}` })],
])("a list that %s ends in an error instead of going on for ever", async (_, page) => {
  let calls = 0;
  const agent = await agentThat({ ListNullVolumes: () => page(calls++) }, "standard");
  await expect(agent.list(nullVolume)).rejects.toMatchObject({ code: status.DATA_LOSS });
  expect(calls).toBeLessThan(50);
});

// recordings/bridge-grpc.jsonl: NvmeController/list_page1, list_page2, list_no_parent
test("the controllers of the reference bridge, which ignores pages and parents and always gives a token, are listed once", async () => {
  const names = ["a/nvmeControllers/c1", "b/nvmeControllers/c2", "a/nvmeControllers/c3"];
  const entries = names.map((name) => ({ name: `nvmeSubsystems/${name}` }));
  let calls = 0;
  const handler = () => {
    calls += 1;
    // Go's maps come in any order.
    const nvmeControllers = calls % 2 === 0 ? entries : [...entries].reverse();
    return { nvmeControllers, nextPageToken: `token ${calls}` };
  };
  const agent = await agentThat({ ListNvmeControllers: handler }, "spdk-bridge");
  const listed = await agent.list(controller, "nvmeSubsystems/a");
  expect(listed.map(({ name }) => name).sort()).toEqual([
    "nvmeSubsystems/a/nvmeControllers/c1",
    "nvmeSubsystems/a/nvmeControllers/c3",
  ]);
});

test.each([
  [50, "nvidia", true],
  [250, "nvidia", false],
  [250, "marvell", false],
  [249, "marvell", true],
  [250, "standard", true],
])("a list of %i entries without a token is of a %s agent complete: %p", async (count, dialect, complete) => {
  const agent = await agentThat({ ListNullVolumes: () => ({ nullVolumes: volumes(0, count) }) }, dialect);
  const listing = agent.list(nullVolume);
  if (complete) await expect(listing).resolves.toHaveLength(count);
  else await expect(listing).rejects.toMatchObject({ code: status.OUT_OF_RANGE });
});

// recordings/bridge-grpc.jsonl: NvmeNamespace/list_empty
test("the reference bridge's error for an empty namespace list is an empty list", async () => {
  const details = "Could not find any namespaces for NQN: nqn.2022-09.io.spdk:opi1";
  const handler = () => ({ code: status.INVALID_ARGUMENT, details });
  const agent = await agentThat({ ListNvmeNamespaces: handler }, "spdk-bridge");
  await expect(agent.list(typeByNoun("NvmeNamespace"), "nvmeSubsystems/a")).resolves.toEqual([]);
});

test("a list whose parent the HTTP binding fixes sends that parent", async () => {
  let parent: unknown;
  const handler: Handler = (request) => {
    ({ parent } = request);
    return { encryptedVolumes: [] };
  };
  const agent = await agentThat({ ListEncryptedVolumes: handler }, "standard");
  await agent.list(typeByNoun("EncryptedVolume"));
  expect(parent).toBe("volumes");
});
