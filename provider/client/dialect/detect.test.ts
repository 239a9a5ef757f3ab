import { status } from "@grpc/grpc-js";
import { catalogue, typeByNoun } from "../../catalogue";
import { closeAll, connect } from "..";
import { startServer } from "../testing/server";
import type { Handler, TestServer } from "../testing/server";

let server: TestServer | undefined;

afterEach(async () => {
  closeAll();
  await server?.stop();
});

async function detected(handlers: Record<string, Handler>) {
  server = await startServer(handlers);
  return connect({ address: server.address, attempts: 1 }).dialect();
}
const error = (code: status, details: string) => () => ({ code, details });
const allServices = [...new Set(catalogue.types.map(({ service }) => service))].map((name) => ({ name }));

test("an agent that tells its capabilities is standard, with its own limits", async () => {
  const dialect = await detected({
    GetCapabilities: () => ({
      dialect: "standard",
      concurrentWrites: true,
      ciphers: ["ENCRYPTION_TYPE_AES_XTS_128"],
      services: allServices
        .filter(({ name }) => !name.endsWith("InventoryService"))
        .map(({ name }) =>
          name.endsWith("FrontendNvmeService")
            ? { name, unimplemented: ["StatsNvmePath", "UpdateNvmeSubsystem"], reason: "SPDK has no such verb." }
            : { name },
        ),
      unsupportedFields: [
        { message: "opi_api.storage.v1.NvmeController", path: "spec.min_limit", reason: "No lower limits." },
        { message: "opi_api.storage.v1.NvmeController", path: "spec.pcie_id.port_id", reason: "One port." },
        { message: "opi_api.storage.v1.NvmeController", path: "spec.no_such_field", reason: "…" },
      ],
    }),
  });
  expect(dialect).toMatchObject({ name: "standard", concurrentWrites: true, reportsExisting: true });
  expect(dialect.unavailable).toEqual({
    Inventory: { get: "The agent does not serve opi_api.inventory.v1.InventoryService." },
    NvmeSubsystem: { update: "SPDK has no such verb." },
  });
  expect(dialect.refuses).toEqual({ NvmeController: { minLimit: "No lower limits.", "pcieId.portId": "One port." } });
  expect(dialect.accepts).toEqual({ EncryptedVolume: { cipher: ["ENCRYPTION_TYPE_AES_XTS_128"] } });
});

// recordings/bridge-grpc.jsonl: special.inventory/unregistered, NullVolume/get_missing
test("the reference bridge is known by its words and by having no health service", async () => {
  const dialect = await detected({
    GetNullVolume: ({ name }) => ({ code: status.NOT_FOUND, details: `unable to find key ${String(name)}` }),
  });
  expect(dialect.name).toBe("spdk-bridge");
});

test.each<readonly [string, Record<string, Handler>]>([
  ["has a health service", { Check: () => ({}), GetNullVolume: error(status.NOT_FOUND, "unable to find key x") }],
  ["uses other words", { GetNullVolume: error(status.NOT_FOUND, "no such volume") }],
  ["serves nothing of OPI", {}],
])("an agent that %s is treated with care", async (_, handlers) => {
  expect((await detected(handlers)).name).toBe("careful");
});

test("an agent that does not let us in is no dialect but an error, and is asked again", async () => {
  let locked = true;
  const handler: Handler = () => (locked ? { code: status.UNAUTHENTICATED, details: "who are you?" } : {});
  server = await startServer({ GetCapabilities: handler });
  const agent = connect({ address: server.address });
  await expect(agent.dialect()).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
  await expect(agent.create(typeByNoun("NullVolume"), { id: "aaaa", body: {} })).rejects.toMatchObject({
    code: status.UNAUTHENTICATED,
    notSent: true,
  });
  locked = false;
  await expect(agent.dialect()).resolves.toMatchObject({ name: "standard" });
});

test("many who ask at the same time ask the agent once, and one who gives up does not end it for the others", async () => {
  let calls = 0;
  server = await startServer({
    GetCapabilities: async () => {
      calls += 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { concurrentWrites: true };
    },
  });
  const agent = connect({ address: server.address });
  const abort = new AbortController();
  const impatient = agent.dialect({ signal: abort.signal });
  const others = Promise.all(Array.from({ length: 20 }, () => agent.dialect()));
  abort.abort();
  await expect(impatient).rejects.toMatchObject({ code: status.CANCELLED });
  expect(new Set((await others).map(({ name }) => name))).toEqual(new Set(["standard"]));
  await agent.dialect();
  expect(calls).toBe(1);
});
