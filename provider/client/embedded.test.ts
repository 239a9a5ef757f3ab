import { status } from "@grpc/grpc-js";
import { startAgent } from "../../agent";
import type { RunningAgent } from "../../agent";
import { typeByNoun } from "../catalogue";
import { messageOf, propertiesOf } from "../catalogue/values/wire";
import { authority } from "./testing/certificates";
import { closeAll, connect, isMissing, OpiError, standard } from ".";
import type { Agent } from ".";

// The client against the embedded agent on its simulator: both real, nothing in between.
let running: RunningAgent;
let agent: Agent;
const malloc = typeByNoun("MallocVolume");

beforeAll(async () => {
  running = await startAgent({ listen: "127.0.0.1:0" });
  agent = connect({ address: running.address });
});
afterAll(async () => {
  closeAll();
  await running.stop();
});

test("it says itself what it is, so no dialect needs to be named", async () => {
  expect(await agent.dialect()).toMatchObject({ name: "standard", reportsExisting: true, remembers: true });
});

test("a volume is created, read, listed, counted and deleted", async () => {
  const wish = { blockSize: 512, blocksCount: 2048 };
  const created = await agent.create(malloc, { id: "vol0", body: messageOf(malloc, wish) });
  const name = String(created.name);
  expect(name).toBe("mallocVolumes/vol0");
  expect(propertiesOf(malloc, await agent.get(malloc, name))).toMatchObject(wish);
  expect((await agent.list(malloc)).map((entry) => entry.name)).toEqual([name]);
  expect(await agent.stats(malloc, name)).toHaveProperty("stats");
  await agent.delete(malloc, name);
  const error: unknown = await agent.get(malloc, name).catch((reason: unknown) => reason);
  expect(error instanceof OpiError && isMissing(standard, error)).toBe(true);
});

test("lists of more than one page come whole, and what is created at once is created once", async () => {
  const ids = Array.from({ length: 300 }, (_, i) => `many-${i}`);
  const body = messageOf(malloc, { blockSize: 512, blocksCount: 8 });
  await Promise.all(ids.map((id) => agent.create(malloc, { id, body })));
  const names = (await agent.list(malloc)).map((entry) => String(entry.name).split("/")[1]);
  expect(names.sort()).toEqual([...ids].sort());
  await expect(agent.create(malloc, { id: "many-7", body })).rejects.toMatchObject({ code: status.ALREADY_EXISTS });
  await Promise.all(ids.map((id) => agent.delete(malloc, `mallocVolumes/${id}`)));
  expect(await agent.list(malloc)).toEqual([]);
});

test("mutual TLS with a token", async () => {
  const ca = await authority();
  const [server, client] = await Promise.all([ca.issue(["127.0.0.1"]), ca.issue(["client"])]);
  const guarded = await startAgent({ listen: "127.0.0.1:0", tls: { ...server, clientCa: ca.cert }, token: "s3cret" });
  try {
    const tls = { ca: ca.cert, ...client };
    const trusted = connect({ address: guarded.address, tls, metadata: { authorization: "Bearer s3cret" } });
    expect(await trusted.list(malloc)).toEqual([]);
    await expect(connect({ address: guarded.address, tls }).list(malloc)).rejects.toMatchObject({
      code: status.UNAUTHENTICATED,
      remedy: expect.stringContaining("OPI_TOKEN"),
    });
  } finally {
    closeAll();
    await guarded.stop();
  }
});
