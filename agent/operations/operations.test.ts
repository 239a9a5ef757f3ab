import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { once } from "node:events";

import { Client, credentials, Metadata, status, type ServiceError } from "@grpc/grpc-js";
import { service as healthService } from "grpc-health-check";

import { authority } from "../../provider/client/testing/certificates";
import { startAgent } from "..";
import { copy } from "../contract/message";
import { serviceDefinitions } from "../server/services";
import { startSimulator } from "../simulator";
import type { SpdkCaller } from "../spdk";
import { agentUnderTest, TestClient, type AgentUnderTest, type Setup } from "../testing/agent-under-test";
import { agentLog } from "./log";

const volume = { nullVolume: { blockSize: 512n, blocksCount: 2048n } };

describe("an agent in operation", () => {
  let agent: AgentUnderTest;
  let lines: Readonly<Record<string, unknown>>[];
  const start = async (setup: Setup = {}): Promise<void> => {
    lines = [];
    const logger = agentLog("debug", { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
    agent = await agentUnderTest({ logger, metricsListen: "127.0.0.1:0", timeoutMs: 200, ...setup });
  };
  const get = (path: string): Promise<Answer> => httpGet(`http://${agent.agent.metricsAddress ?? ""}${path}`);
  const sample = async (name: string): Promise<string | undefined> =>
    (await get("/metrics")).text.split("\n").find((line) => line.startsWith(`pulumi_opi_agent_${name} `));
  afterEach(() => agent.stop());

  test("answers probes and metrics over HTTP, and nothing else", async () => {
    await start();
    expect(await get("/livez")).toMatchObject({ code: 200, text: "ok\n" });
    expect(await get("/readyz?verbose")).toMatchObject({ code: 200, text: "ok\n" });
    expect(await get("/nothing")).toMatchObject({ code: 404 });
    expect(await httpGet(`http://${agent.agent.metricsAddress ?? ""}/livez`, "POST")).toMatchObject({ code: 405 });
    expect((await get("/metrics")).type).toMatch(/^text\/plain; version=0\.0\.4/);
  });

  test("counts calls, SPDK's calls, objects, connections and itself", async () => {
    await start();
    await agent.call("CreateNullVolume", { ...volume, nullVolumeId: "volume-a" });
    await agent.call("CreateNullVolume", { ...volume, nullVolumeId: "volume-b" });
    await expect(agent.call("GetNullVolume", { name: "nullVolumes/volume-c" })).rejects.toThrow("NOT_FOUND");
    const labels = (method: string): string => `{service="opi_api.storage.v1.NullVolumeService",method="${method}"`;
    expect(await sample(`calls_total${labels("CreateNullVolume")},code="OK"}`)).toMatch(/ 2$/);
    expect(await sample(`calls_total${labels("GetNullVolume")},code="NOT_FOUND"}`)).toMatch(/ 1$/);
    expect(await sample('spdk_calls_total{verb="bdev_null_create",outcome="ok"}')).toMatch(/ 2$/);
    expect(await sample('objects{type="opi_api.storage.v1.NullVolume"}')).toMatch(/ 2$/);
    expect(await sample('objects{type="opi_api.storage.v1.AioVolume"}')).toMatch(/ 0$/);
    expect(await sample("connections")).toMatch(/ 1$/);
    expect(await sample('reconciled_objects{result="failed"}')).toMatch(/ 0$/);
    expect(await sample("spdk_reachable")).toMatch(/ 1$/);
    const { text } = await get("/metrics");
    expect(text).toContain(`pulumi_opi_agent_call_duration_seconds_count${labels("CreateNullVolume")}} 2`);
    expect(text).toContain('pulumi_opi_agent_spdk_call_duration_seconds_count{verb="bdev_null_create"} 2');
    expect(text).toMatch(/^process_resident_memory_bytes \d/m);
    // Names of objects and of clients are no labels: there is no bound on how many there are.
    expect(text).not.toMatch(/volume-[abc]|127\.0\.0\.1/);
  });

  test("is not ready while SPDK is gone, says so to everybody who asks or watches, and is again when it is back", async () => {
    await start();
    const watch = new Watch(agent.agent.address, "opi_api.storage.v1.NullVolumeService");
    await watch.next("SERVING");
    await agent.simulator.stop();
    await watch.next("NOT_SERVING");
    expect(await get("/readyz")).toMatchObject({ code: 503, text: "SPDK does not answer\n" });
    expect(await get("/livez")).toMatchObject({ code: 200 });
    expect(await sample("spdk_reachable")).toMatch(/ 0$/);
    const health = async (service: string) => (await agent.unary(healthService.Check, { service })).status;
    expect(await health("")).toBe("NOT_SERVING");
    expect(await health("opi_ext.agent.v1.CapabilitiesService")).toBe("SERVING");

    const back = await startSimulator({ socketPath: agent.simulator.socketPath });
    await watch.next("SERVING");
    expect(await get("/readyz")).toMatchObject({ code: 200 });
    for (const service of ["", ...Object.keys(serviceDefinitions)]) expect(await health(service)).toBe("SERVING");
    expect(
      lines.filter(({ msg }) => /^SPDK (does|is)/.test(String(msg))).map(({ level, msg }) => [level, msg]),
    ).toEqual([
      ["error", "SPDK does not answer"],
      ["info", "SPDK is back"],
    ]);
    watch.stop();
    await agent.agent.stop();
    await back.stop();
  });

  test("writes a line for each call: which, whose, how it ended, and nothing of what it held", async () => {
    await start();
    const metadata = new Metadata();
    metadata.set("x-request-id", "request-7");
    metadata.set("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    const client = new TestClient(agent.agent.address, metadata);
    await client.call("CreateNullVolume", { ...volume, nullVolumeId: "volume-a" });
    client.close();
    await expect(agent.call("GetNullVolume", { name: "nullVolumes/none" })).rejects.toThrow("NOT_FOUND");
    const calls = lines.filter(({ msg }) => msg === "call");
    expect(calls[0]).toMatchObject({
      level: "info",
      service: "opi_api.storage.v1.NullVolumeService",
      method: "CreateNullVolume",
      code: "OK",
      milliseconds: expect.any(Number),
      peer: "unix",
      requestId: "request-7",
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
    });
    expect(calls[1]).toMatchObject({
      name: "nullVolumes/none",
      code: "NOT_FOUND",
      reason: "nullVolumes/none does not exist",
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const spdk = lines.filter(({ msg, verb }) => msg === "SPDK" && verb === "bdev_null_create");
    expect(spdk).toHaveLength(1);
    expect(Object.keys(spdk[0] ?? {}).sort()).toEqual(
      ["hostname", "level", "milliseconds", "msg", "name", "outcome", "pid", "time", "verb"].sort(),
    );
  });

  test("counts what never became a call, and what its client gave up", async () => {
    const held = hold("bdev_null_create");
    await start({ limits: { maxRequestBytes: 1024 }, between: held.between });
    await expect(agent.call("GetNullVolume", { name: "x".repeat(2000) })).rejects.toThrow("RESOURCE_EXHAUSTED");
    const giveUp = callToGiveUp(agent.agent.address);
    await held.underWay;
    giveUp();
    const ends = (): unknown[] =>
      lines.filter(({ msg }) => msg === "call").map(({ method, code }) => `${String(method)} ${String(code)}`);
    while (ends().length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(ends()).toEqual(["GetNullVolume UNREADABLE", "CreateNullVolume CANCELLED"]);
    expect(await sample("calls_under_way")).toMatch(/ 0$/);
    held.release();
  });

  test("tells the client the id under which the log knows its call", async () => {
    await start();
    const { path, requestSerialize, responseDeserialize } =
      serviceDefinitions["opi_api.storage.v1.NullVolumeService"].getNullVolume;
    const client = new Client(agent.agent.address, credentials.createInsecure());
    const error = await new Promise<ServiceError | null>((resolve) =>
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { name: "nullVolumes/none" }, resolve),
    );
    client.close();
    const [requestId] = error?.metadata.get("x-request-id") ?? [];
    expect(lines.find((line) => line.requestId === requestId)).toMatchObject({ msg: "call", code: "NOT_FOUND" });
  });

  test("stops in order: who watches hears it, calls under way end, new ones find nobody", async () => {
    const held = hold("bdev_null_create");
    await start({ between: held.between });
    const watch = new Watch(agent.agent.address, "");
    await watch.next("SERVING");
    const created = agent.call("CreateNullVolume", { ...volume, nullVolumeId: "last" });
    await held.underWay;
    const stopped = agent.agent.stop();
    await watch.next("NOT_SERVING");
    expect(await watch.ended).toBe(status.UNAVAILABLE);
    expect(await get("/readyz")).toMatchObject({ code: 503, text: "the agent stops\n" });
    const late = new TestClient(agent.agent.address);
    await expect(late.call("ListNullVolumes")).rejects.toThrow("UNAVAILABLE");
    late.close();
    held.release();
    expect(await created).toMatchObject({ name: "nullVolumes/last" });
    await stopped;
    await expect(get("/livez")).rejects.toThrow("ECONNREFUSED");
  });

  test("finishes what a client gave up before it closes what that works with", async () => {
    const done: string[] = [];
    const held = hold("bdev_null_create");
    await start({ between: held.between });
    const giveUp = callToGiveUp(agent.agent.address);
    await held.underWay;
    giveUp();
    const stopped = agent.agent.stop().then(() => done.push("stopped"));
    while (!lines.some(({ method, code }) => method === "CreateNullVolume" && code === "CANCELLED"))
      await new Promise((resolve) => setTimeout(resolve, 10));
    done.push("released");
    held.release();
    await stopped;
    expect(done).toEqual(["released", "stopped"]);
    expect(await agent.spdk.call("bdev_get_bdevs", { name: "volume-a" })).toHaveLength(1);
  });

  test("does not wait for ever for a call that does not end", async () => {
    let arrived: (() => void) | undefined;
    const underWay = new Promise<void>((resolve) => (arrived = resolve));
    let release: (() => void) | undefined;
    const released = new Promise<never>((_resolve, reject) => {
      release = () => reject(new Error("released"));
    });
    await start({
      limits: { stopMs: 50 },
      between: (spdk) => ({
        call: (verb, params, options) => {
          if (verb !== "bdev_null_create") return spdk.call(verb, params, options);
          arrived?.();
          return released;
        },
        close: () => spdk.close(),
      }),
    });
    const cut = expect(agent.call("CreateNullVolume", { ...volume, nullVolumeId: "last" })).rejects.toThrow();
    await underWay;
    await agent.agent.stop();
    await cut;
    release?.();
  });
});

test("metrics that other machines can read go over the agent's TLS, and to its clients only where it knows them", async () => {
  const ca = await authority();
  const tls = { ...(await ca.issue(["127.0.0.1"])), clientCa: ca.cert };
  await expect(startAgent({ listen: "127.0.0.1:0", metricsListen: "0.0.0.0:0" })).rejects.toThrow(
    "refused to listen at 0.0.0.0:0 in plain text",
  );
  const agent = await startAgent({ listen: "127.0.0.1:0", metricsListen: "0.0.0.0:0", tls });
  const url = `https://127.0.0.1:${agent.metricsAddress?.split(":")[1] ?? ""}/metrics`;
  const prometheus = await ca.issue(["prometheus"]);
  const answer = await httpGet(url, "GET", { ca: ca.cert, ...prometheus });
  expect(answer.code).toBe(200);
  expect(answer.text).toMatch(/^pulumi_opi_agent_tls_certificate_not_after_seconds \d/m);
  await expect(httpGet(url, "GET", { ca: ca.cert })).rejects.toThrow();
  await agent.stop();
});

interface Held {
  readonly between: (spdk: SpdkCaller) => SpdkCaller;
  /** Resolves when the verb was called. */
  readonly underWay: Promise<void>;
  release(): void;
}

/** Holds calls of one verb back, on their way to SPDK. */
function hold(verb: string): Held {
  let [arrived, release]: [(() => void)?, (() => void)?] = [];
  const underWay = new Promise<void>((resolve) => (arrived = resolve));
  const released = new Promise<void>((resolve) => (release = resolve));
  return {
    underWay,
    release: () => release?.(),
    between: (spdk) => ({
      async call(called, params, options) {
        if (called === verb) {
          arrived?.();
          await released;
        }
        return spdk.call(called, params, options);
      },
      close: () => spdk.close(),
    }),
  };
}

/** Begins to create a null volume; what comes back cancels the call. */
function callToGiveUp(address: string): () => void {
  const { path, requestSerialize, responseDeserialize } =
    serviceDefinitions["opi_api.storage.v1.NullVolumeService"].createNullVolume;
  const client = new Client(address, credentials.createInsecure());
  const request = copy("opi_api.storage.v1.CreateNullVolumeRequest", { ...volume, nullVolumeId: "volume-a" });
  const call = client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, () => client.close());
  return () => call.cancel();
}

interface Answer {
  readonly code: number | undefined;
  readonly type: string | undefined;
  readonly text: string;
}

async function httpGet(url: string, method = "GET", tls: object = {}): Promise<Answer> {
  const ask = url.startsWith("https:") ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = ask(url, { method, agent: false, ...tls }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve({ code: response.statusCode, type: response.headers["content-type"], text }));
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end();
  });
}

/** Somebody who watches the health of a service (grpc.health.v1.Health/Watch). */
class Watch {
  readonly ended: Promise<number>;
  private readonly client: Client;
  private readonly seen: string[] = [];
  private wake: (() => void) | undefined;
  private readonly cancel: () => void;

  constructor(address: string, service: string) {
    this.client = new Client(address, credentials.createInsecure());
    const { path, requestSerialize, responseDeserialize } = healthService.Watch;
    const stream = this.client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, { service });
    this.cancel = () => stream.cancel();
    stream.on("data", ({ status: said }: { readonly status: string }) => {
      this.seen.push(said);
      this.wake?.();
    });
    this.ended = once(stream, "error").then(([error]) => {
      this.client.close();
      return (error as ServiceError).code;
    });
  }

  /** Waits for its next word, which must be this one. */
  async next(expected: string): Promise<void> {
    while (this.seen.length === 0) await new Promise<void>((resolve) => (this.wake = resolve));
    expect(this.seen.shift()).toBe(expected);
  }

  stop(): void {
    this.cancel();
  }
}
