import { status } from "@grpc/grpc-js";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { catalogue, typeByNoun } from "../catalogue";
import type { Field } from "../catalogue";
import type { WireMessage } from "../catalogue/values/wire";
import { closeAll, connect, OpiError } from ".";
import { startServer } from "./testing/server";
import type { Handler, TestServer } from "./testing/server";

const nullVolume = typeByNoun("NullVolume");
const servers: TestServer[] = [];

async function serve(...args: Parameters<typeof startServer>): Promise<TestServer> {
  const server = await startServer(...args);
  servers.push(server);
  return server;
}
const standardAgent = async (handlers: Record<string, Handler>, config: object = {}) =>
  connect({ address: (await serve(handlers)).address, dialect: "standard", ...config });

afterEach(async () => {
  closeAll();
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function failureOf(call: Promise<unknown>): Promise<OpiError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof OpiError)) throw new Error(`expected an OpiError, got ${String(error)}`);
  return error;
}
const fails =
  (code: status, details = "the agent's words") =>
  () => ({ code, details });
const never = () => new Promise<never>(() => undefined);

test("each verb fills in the request that its method asks for", async () => {
  const seen: Record<string, WireMessage> = {};
  const see =
    (name: string, answer: WireMessage = {}): Handler =>
    (request) => {
      seen[name] = request;
      return answer;
    };
  const agent = await standardAgent({
    CreateNvmePath: see("create", { name: "p" }),
    GetNvmePath: see("get"),
    UpdateNvmePath: see("update"),
    DeleteNvmePath: see("delete"),
    ListNvmePaths: see("list", { nvmePaths: [{ name: "nvmeRemoteControllers/r/nvmePaths/p" }] }),
    StatsNvmePath: see("stats", { stats: { readOpsCount: 7 } }),
    ResetNvmeRemoteController: see("reset"),
  });
  const path = typeByNoun("NvmePath");
  const name = "nvmeRemoteControllers/r/nvmePaths/p";
  const parent = "nvmeRemoteControllers/r";

  expect(await agent.create(path, { id: "p", parent, body: { traddr: "192.0.2.1" } })).toMatchObject({ name: "p" });
  await agent.get(path, name);
  await agent.update(path, { name, traddr: "192.0.2.2" }, ["traddr"]);
  await agent.delete(path, name);
  expect(await agent.list(path, parent)).toHaveLength(1);
  expect(await agent.stats(path, name)).toMatchObject({ stats: { readOpsCount: 7 } });
  await agent.reset(typeByNoun("NvmeRemoteController"), parent);

  expect(seen).toMatchObject({
    create: { parent, nvmePathId: "p", nvmePath: { traddr: "192.0.2.1" } },
    get: { name },
    update: { nvmePath: { name, traddr: "192.0.2.2" }, updateMask: ["traddr"], allowMissing: false },
    delete: { name, allowMissing: false },
    list: { parent, pageToken: "" },
    stats: { name },
    reset: { name: parent },
  });
});

test("an update without a changed path is never sent: an empty mask would replace the whole object", async () => {
  const agent = await standardAgent({});
  await expect(agent.update(nullVolume, { name: "a" }, [])).rejects.toThrow("empty update mask");
});

test("a verb that OPI has not for a type is refused before anything is sent", async () => {
  const agent = connect({ address: "localhost:1", dialect: "standard" });
  const failure = await failureOf(agent.reset(nullVolume, "nullVolumes/a"));
  expect(failure).toMatchObject({ code: status.UNIMPLEMENTED, notSent: true });
});

test("configured metadata goes with every call, the agent's questions about itself included", async () => {
  const tokens: unknown[] = [];
  const see: Handler = (_, call) => {
    tokens.push(call.metadata.get("authorization")[0], call.metadata.get("x-tenant")[0]);
    return {};
  };
  const agent = await standardAgent(
    { GetNullVolume: see, GetCapabilities: see },
    { dialect: "auto", metadata: { authorization: "Bearer t0ken-of-mine", "x-tenant": "storage" } },
  );
  await agent.dialect();
  await agent.get(nullVolume, "nullVolumes/a");
  expect(tokens).toEqual(["Bearer t0ken-of-mine", "storage", "Bearer t0ken-of-mine", "storage"]);
});

describe("time", () => {
  test("a call that gets no answer ends at its deadline, the caller's before the configured one", async () => {
    const agent = await standardAgent({ GetNullVolume: never, CreateNullVolume: never }, { deadlines: { read: 0.3 } });
    const read = await failureOf(agent.get(nullVolume, "nullVolumes/a"));
    expect(read).toMatchObject({ code: status.DEADLINE_EXCEEDED, detail: "no answer within 0.3 s", unreachable: true });
    const create = await failureOf(agent.create(nullVolume, { id: "aaaa", body: {} }, { timeout: 0.2 }));
    expect(create).toMatchObject({ code: status.DEADLINE_EXCEEDED, notSent: false, outcomeUnknown: true });
  });

  test("an abort ends a call under way, and the agent sees it", async () => {
    let begun!: () => void;
    let ended!: () => void;
    const isBegun = new Promise<void>((resolve) => (begun = resolve));
    const isEnded = new Promise<void>((resolve) => (ended = resolve));
    const handler: Handler = (_, call) => {
      call.on("cancelled", ended);
      begun();
      return never();
    };
    const agent = await standardAgent({ CreateNullVolume: handler });
    const abort = new AbortController();
    const call = failureOf(agent.create(nullVolume, { id: "aaaa", body: {} }, { signal: abort.signal }));
    await isBegun;
    abort.abort();
    expect(await call).toMatchObject({ code: status.CANCELLED, outcomeUnknown: true });
    await isEnded;
  });

  test("a call whose signal is aborted already is never sent", async () => {
    let calls = 0;
    const handler: Handler = () => ({ calls: ++calls });
    const agent = await standardAgent({ GetNullVolume: handler });
    const signal = AbortSignal.abort();
    expect(await failureOf(agent.get(nullVolume, "a", { signal }))).toMatchObject({
      code: status.CANCELLED,
      notSent: true,
    });
    expect(calls).toBe(0);
  });

  test("an abort ends the wait for a host that does not answer", async () => {
    // A server that accepts connections and never says a word.
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1");
    await new Promise((resolve) => silent.once("listening", resolve));
    const address = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
    try {
      const agent = connect({ address, dialect: "standard", deadlines: { connect: 0.5 } });
      const aborted = failureOf(agent.get(nullVolume, "a", { signal: AbortSignal.timeout(50) }));
      const waited = failureOf(agent.get(nullVolume, "a"));
      expect(await aborted).toMatchObject({ code: status.CANCELLED });
      expect(await waited).toMatchObject({ code: status.UNAVAILABLE, notSent: true });
    } finally {
      closeAll();
      sockets.forEach((socket) => socket.destroy());
      silent.close();
    }
  });
});

describe("repeating", () => {
  /** Answers UNAVAILABLE `failures` times. */
  const flaky = (failures: number) => {
    const calls = { count: 0 };
    const handler: Handler = () =>
      ++calls.count > failures ? {} : { code: status.UNAVAILABLE, details: "in a moment" };
    return { calls, handler };
  };

  test("reads that end UNAVAILABLE are repeated until they succeed", async () => {
    const { calls, handler } = flaky(2);
    const agent = await standardAgent({ GetNullVolume: handler });
    await agent.get(nullVolume, "nullVolumes/a");
    expect(calls.count).toBe(3);
  });

  test("reads are given up after the configured number of attempts, with the agent's last words", async () => {
    const { calls, handler } = flaky(99);
    const agent = await standardAgent({ StatsNullVolume: handler }, { attempts: 2 });
    expect(await failureOf(agent.stats(nullVolume, "nullVolumes/a"))).toMatchObject({ detail: "in a moment" });
    expect(calls.count).toBe(2);
  });

  test("one attempt means no repetition", async () => {
    const { calls, handler } = flaky(99);
    const agent = await standardAgent({ ListNullVolumes: handler }, { attempts: 1 });
    await failureOf(agent.list(nullVolume));
    expect(calls.count).toBe(1);
  });

  test("writes that may have been carried out are never repeated", async () => {
    const { calls, handler } = flaky(99);
    const agent = await standardAgent({
      CreateNullVolume: handler,
      UpdateNullVolume: handler,
      DeleteNullVolume: handler,
    });
    for (const write of [
      () => agent.create(nullVolume, { id: "aaaa", body: {} }),
      () => agent.update(nullVolume, { name: "nullVolumes/a" }, ["blocks_count"]),
      () => agent.delete(nullVolume, "nullVolumes/a"),
    ]) {
      calls.count = 0;
      expect(await failureOf(write())).toMatchObject({ code: status.UNAVAILABLE, notSent: false });
      expect(calls.count).toBe(1);
    }
  });

  test("reads that fail otherwise are not repeated", async () => {
    let calls = 0;
    const handler: Handler = () => {
      calls += 1;
      return { code: status.INTERNAL, details: "broken" };
    };
    const agent = await standardAgent({ GetNullVolume: handler });
    await failureOf(agent.get(nullVolume, "nullVolumes/a"));
    expect(calls).toBe(1);
  });

  test("a write waits for an agent that is just starting, since nothing has been sent yet", async () => {
    const first = await serve({});
    const port = Number(first.address.split(":")[1]);
    await first.stop();
    const agent = connect({ address: `127.0.0.1:${port}`, dialect: "standard", attempts: 5 });
    const created = agent.create(nullVolume, { id: "aaaa", body: {} });
    await serve({ CreateNullVolume: () => ({ name: "nullVolumes/aaaa" }) }, { port });
    expect(await created).toMatchObject({ name: "nullVolumes/aaaa" });
  });
});

describe("an agent that is not there", () => {
  test("is told in words, with what to do, and nothing was sent", async () => {
    const agent = connect({ address: "127.0.0.1:1", dialect: "standard", attempts: 1 });
    const failure = await failureOf(agent.create(nullVolume, { id: "vol0", body: {} }));
    expect(failure).toMatchObject({ code: status.UNAVAILABLE, notSent: true, unreachable: true });
    expect(failure.message).toMatch(/^cannot create NullVolume vol0 on agent localhost:1: connection refused/);
    expect(failure.message).toContain("Start the agent");
  });

  test("is dialled once, however many calls there are", async () => {
    let connections = 0;
    const listener = createServer((socket) => {
      connections += 1;
      socket.destroy();
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => listener.once("listening", resolve));
    try {
      const address = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
      const agent = connect({ address, deadlines: { connect: 0.4 }, attempts: 1 });
      const all = await Promise.all(
        Array.from({ length: 100 }, (_, i) => failureOf(agent.get(nullVolume, `nullVolumes/v${i}`))),
      );
      const afterwards = connections;
      all.push(...(await Promise.all(Array.from({ length: 100 }, () => failureOf(agent.dialect())))));
      expect(new Set(all.map(({ code }) => code))).toEqual(new Set([status.UNAVAILABLE]));
      expect(connections - afterwards).toBeLessThanOrEqual(1);
      expect(connections).toBeLessThan(20);
    } finally {
      closeAll();
      listener.close();
    }
  });

  test("is found again as soon as it is back", async () => {
    const first = await serve({ GetNullVolume: () => ({ name: "nullVolumes/a" }) });
    const port = Number(first.address.split(":")[1]);
    const agent = connect({ address: first.address, dialect: "standard", attempts: 1 });
    await agent.get(nullVolume, "nullVolumes/a");
    await first.stop();
    await failureOf(agent.get(nullVolume, "nullVolumes/a"));
    await serve({ GetNullVolume: () => ({ name: "nullVolumes/a" }) }, { port });
    const until = Date.now() + 15_000;
    while (Date.now() < until) {
      const back = await agent.get(nullVolume, "nullVolumes/a").then(
        () => true,
        () => false,
      );
      if (back) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("the agent is back, but was not found");
  });

  test("over a unix socket likewise", async () => {
    const agent = connect({ address: "unix:/nowhere/opi.sock", dialect: "standard", attempts: 1 });
    expect(await failureOf(agent.get(nullVolume, "a"))).toMatchObject({ detail: "there is no such socket" });
  });
});

describe("sharing", () => {
  test("equal configurations share an agent, whatever the order in which they were written", () => {
    const one = connect({ address: "localhost:1", dialect: "standard", metadata: { a: "1", b: "2" } });
    const other = connect({ metadata: { b: "2", a: "1" }, dialect: "standard", address: "localhost:1" });
    expect(one).toBe(other);
    expect(connect({ address: "localhost:1", dialect: "standard", metadata: { a: "1", b: "3" } })).not.toBe(one);
    expect(connect({ address: "localhost:2", dialect: "standard" })).not.toBe(one);
  });

  test("agents that differ in nothing that concerns the connection use one", async () => {
    const peers = new Set<string>();
    const see: Handler = (_, call) => {
      peers.add(call.getPeer());
      return {};
    };
    const { address } = await serve({ GetNullVolume: see });
    for (const onExisting of ["fail", "adopt"] as const) {
      await connect({ address, dialect: "standard", onExisting }).get(nullVolume, "nullVolumes/a");
    }
    expect(peers.size).toBe(1);
  });

  test("a unix socket carries the same calls", async () => {
    const { address } = await serve({ GetNullVolume: ({ name }) => ({ name }) }, { unix: true });
    const agent = connect({ address, dialect: "standard" });
    expect(agent.address).toBe(address);
    expect(await agent.get(nullVolume, "nullVolumes/a")).toMatchObject({ name: "nullVolumes/a" });
  });

  test("a configuration that is not usable is refused with every wrong property", () => {
    expect(() => connect({ address: "dpu1", attempts: 0 })).toThrow(/agent\.address .*agent\.attempts/);
  });
});

describe("what the agent said", () => {
  test.each([
    [status.UNIMPLEMENTED, /does not serve this call of opi_api.storage.v1.NullVolumeService \(dialect standard\)/],
    [status.UNAUTHENTICATED, /give them as agent.metadata/],
    [status.PERMISSION_DENIED, /other credentials/],
    [status.RESOURCE_EXHAUSTED, /full or busy/],
    [status.INVALID_ARGUMENT, /the agent's words/],
  ])("keeps its code (%s) and comes with what to do next", async (code, words) => {
    const agent = await standardAgent({ CreateNullVolume: fails(code) });
    const failure = await failureOf(agent.create(nullVolume, { id: "aaaa", body: {} }));
    expect(failure).toMatchObject({ code, detail: "the agent's words", attempt: { object: "aaaa" } });
    expect(failure.message).toMatch(words);
  });

  test("the dialect's own words say why a call does not work", async () => {
    const { address } = await serve({});
    const agent = connect({ address, dialect: "spdk-bridge" });
    const target = typeByNoun("VirtioScsiTarget");
    expect((await failureOf(agent.get(target, "a"))).message).toContain("has no virtio-scsi targets");
  });

  test("control characters and endless texts do not reach the terminal", async () => {
    const agent = await standardAgent({ GetNullVolume: fails(status.INTERNAL, `a\u001b[31m\nb${"x".repeat(9999)}`) });
    const { detail } = await failureOf(agent.get(nullVolume, "a"));
    expect(detail).toMatch(/^a \[31m bx+…$/);
    expect(detail.length).toBeLessThan(2100);
  });

  test("an answer that is no OPI message is an error of that kind", async () => {
    const server = await serve({ Check: () => ({}) });
    const agent = connect(
      { address: server.address, dialect: "standard" },
      {
        types: catalogue.types,
        codec: {
          encode: () => new Uint8Array(),
          decode: () => {
            throw new Error("canary");
          },
        },
      },
    );
    const check = {
      ...nullVolume,
      methods: { get: { rpc: "/grpc.health.v1.Health/Check", request: "", response: "X" } },
    };
    const failure = await failureOf(agent.get(check, "a"));
    expect(failure).toMatchObject({ code: status.INTERNAL, detail: "the agent's answer is no X" });
  });
});

test("no secret of any type gets into an error, even when the agent quotes it", async () => {
  const secretFields = (fields: readonly Field[]): Field[] =>
    fields.flatMap((field) => [...(field.secret ? [field] : []), ...secretFields(field.fields ?? [])]);
  const canary = Buffer.from("canary-in-the-coal-mine-0123456789");
  const token = "t0ken-t0ken-t0ken";
  const quotes = [
    canary.toString(),
    canary.toString("hex"),
    canary.toString("hex").toUpperCase(),
    canary.toString("base64"),
    [...canary].join(" "),
    `Bearer ${token}`,
    token,
  ];
  const typesWithSecrets = catalogue.types.filter((type) => secretFields(type.fields).length > 0);
  expect(typesWithSecrets.map(({ noun }) => noun)).toEqual([
    "NvmeRemoteController",
    "NvmeSubsystem",
    "EncryptedVolume",
  ]);
  for (const type of typesWithSecrets) {
    const [field] = secretFields(type.fields);
    const body = (field?.path ?? "")
      .split(".")
      .reverse()
      .reduce<unknown>((inner, key) => ({ [key]: inner }), canary) as WireMessage;
    const handler = fails(status.INTERNAL, `cannot use ${quotes.join("; ")}`);
    const agent = await standardAgent(
      { [`Create${type.noun}`]: handler, [`Update${type.noun}`]: handler },
      { metadata: { authorization: `Bearer ${token}` } },
    );
    for (const call of [
      agent.create(type, { id: "aaaa", body }),
      agent.update(type, { name: "aaaa", ...body }, [field?.path ?? ""]),
    ]) {
      const failure = await failureOf(call);
      const all = `${failure.stack ?? ""} ${JSON.stringify(failure)} ${String(failure.cause)}`;
      for (const quote of [...quotes, "canary", "coal"]) expect(all).not.toContain(quote);
      expect(failure.detail).toContain("[secret]");
    }
  }
});
