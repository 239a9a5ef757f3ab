import { connect as http2Connect, type ClientHttp2Session } from "node:http2";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { connect as tlsConnect } from "node:tls";

import { Client, credentials, Metadata, status, type ServiceError } from "@grpc/grpc-js";
import { BinaryReader } from "@bufbuild/protobuf/wire";

import { authority } from "../../provider/client/testing/certificates";
import { startAgent, type AgentOptions, type RunningAgent } from "..";
import { TestClient } from "../testing/agent-under-test";
import { serviceDefinitions } from "./services";

const LIST = serviceDefinitions["opi_api.storage.v1.NullVolumeService"].listNullVolumes;

describe("an agent's limits", () => {
  const running: RunningAgent[] = [];
  const start = async (options: Partial<AgentOptions>): Promise<string> => {
    const agent = await startAgent({ listen: "127.0.0.1:0", ...options });
    running.push(agent);
    return agent.address;
  };
  const open = async (address: string): Promise<ClientHttp2Session> => {
    const session = http2Connect(`http://${address}`);
    session.on("error", () => undefined);
    await once(session, "remoteSettings");
    return session;
  };
  afterEach(async () => {
    await Promise.all(running.splice(0).map((agent) => agent.stop()));
  });

  test("on a request's size: a larger one is refused, and the connection goes on", async () => {
    const client = new TestClient(await start({ limits: { maxRequestBytes: 4096 } }));
    const named = (length: number) => ({
      aioVolume: { filename: "x".repeat(length), blockSize: 512n, blocksCount: 8n },
    });
    await expect(client.call("CreateAioVolume", named(8192))).rejects.toThrow("RESOURCE_EXHAUSTED");
    expect(await client.call("ListNullVolumes")).toMatchObject({ nullVolumes: [] });
    client.close();
  });

  test("on calls at one time are told to the client, which keeps the rest back", async () => {
    const address = await start({ limits: { maxStreams: 3 } });
    const session = await open(address);
    expect(session.remoteSettings.maxConcurrentStreams).toBe(3);
    session.destroy();
    const client = new TestClient(address);
    const answers = await Promise.all(Array.from({ length: 40 }, () => client.call("ListNullVolumes")));
    expect(answers).toHaveLength(40);
    client.close();
  });

  test("on connections: one too many is closed at once, and a place that is free again is given away", async () => {
    const address = await start({ limits: { maxConnections: 2 } });
    const [first, second] = [await open(address), await open(address)];
    const third = socketTo(address);
    await once(third, "close");
    first.destroy();
    await once(first, "close");
    // The agent hears of the end a moment later than this side.
    for (let served = false; !served;) {
      const again = http2Connect(`http://${address}`);
      again.on("error", () => undefined);
      served = await Promise.race([
        once(again, "remoteSettings").then(() => true),
        once(again, "close").then(() => false),
      ]);
      again.destroy();
    }
    second.destroy();
  });

  test("on connections of one client, whether they shook hands or not: others still get in", async () => {
    const ca = await authority();
    const tls = await ca.issue(["agent.example"]);
    const address = await start({ listen: "0.0.0.0:0", tls, limits: { maxConnections: 3, maxClientConnections: 2 } });
    const port = address.split(":")[1] ?? "";
    const silent = [socketTo(`127.0.0.1:${port}`), socketTo(`127.0.0.1:${port}`)];
    await Promise.all(silent.map((socket) => once(socket, "connect")));
    const refused = socketTo(`127.0.0.1:${port}`);
    await once(refused, "close");
    const elsewhere = connect({ host: "127.0.0.1", port: Number(port), localAddress: "127.0.0.2" });
    const other = http2Connect(`https://127.0.0.1:${port}`, {
      createConnection: () =>
        tlsConnect({ socket: elsewhere, ca: ca.cert, servername: "agent.example", ALPNProtocols: ["h2"] }),
    });
    await once(other, "remoteSettings");
    other.destroy();
    for (const socket of silent) socket.destroy();
  });

  test("on handshakes: who connects and says nothing is shown out", async () => {
    const tls = await (await authority()).issue(["127.0.0.1"]);
    const socket = socketTo(await start({ tls, limits: { handshakeMs: 50 } }));
    await once(socket, "close");
    expect(socket.destroyed).toBe(true);
  });

  test("on connections without calls: they are closed after a while", async () => {
    const session = await open(await start({ limits: { idleMs: 50 } }));
    await once(session, "close");
    expect(session.closed).toBe(true);
  });

  test("on clients that vanish without a word: they are asked, and closed when they do not answer", async () => {
    const address = await start({ limits: { keepaliveMs: 50, keepaliveTimeoutMs: 50 } });
    const socket = socketTo(address);
    // Preface and empty settings (RFC 9113, section 3.4), and then nothing, not even to pings.
    socket.write(
      Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])]),
    );
    await once(socket, "close");
    expect(socket.destroyed).toBe(true);
  });

  test("on metadata: too much of it ends that call, not the agent", async () => {
    const address = await start({});
    const greedy = new Metadata();
    for (let at = 0; at < 20; at++) greedy.set(`x-${at}`, "y".repeat(16_000));
    const bad = new TestClient(address, greedy);
    await expect(bad.call("ListNullVolumes")).rejects.toThrow();
    bad.close();
    const good = new TestClient(address);
    await good.call("ListNullVolumes");
    good.close();
  });

  test("on the rate of calls: nothing was done, and the answer says when to try again", async () => {
    const rates = { clientWrites: { perSecond: 0.001, burst: 1 } };
    const address = await start({ limits: { rates } });
    const client = new TestClient(address);
    await client.call("CreateNullVolume", { nullVolume: { blockSize: 512n, blocksCount: 8n } });
    await expect(client.call("CreateNullVolume", { nullVolume: { blockSize: 512n, blocksCount: 8n } })).rejects.toThrow(
      "RESOURCE_EXHAUSTED: too many calls: this client (127.0.0.1) may make 0.001 writes a second; nothing was done",
    );
    expect((await client.call("ListNullVolumes")).nullVolumes).toHaveLength(1);
    client.close();
  });

  test("hint to clients by gRPC's own means: pushback, and RetryInfo", async () => {
    const address = await start({ limits: { rates: { reads: { perSecond: 0.5, burst: 1 } } } });
    const client = new Client(address, credentials.createInsecure(), { "grpc.enable_retries": 0 });
    const list = (): Promise<ServiceError | null> =>
      new Promise((resolve) =>
        client.makeUnaryRequest(
          LIST.path,
          LIST.requestSerialize,
          LIST.responseDeserialize,
          { parent: "", pageSize: 0, pageToken: "" },
          (error) => resolve(error),
        ),
      );
    expect(await list()).toBeNull();
    const refused = await list();
    expect(refused?.code).toBe(status.RESOURCE_EXHAUSTED);
    const waitMs = Number(refused?.metadata.get("grpc-retry-pushback-ms")[0]);
    expect(waitMs).toBeGreaterThan(0);
    const [details] = refused?.metadata.get("grpc-status-details-bin") ?? [];
    expect(retryDelayMs(details as Buffer)).toBe(waitMs);
    client.close();
  });

  test("hold for guesses at the token, too, and strangers use up nothing of what all have together", async () => {
    const address = await start({
      token: "right",
      limits: { rates: { clientReads: { perSecond: 0.001, burst: 3 }, reads: { perSecond: 0.001, burst: 1 } } },
    });
    const as = (token: string): TestClient => {
      const metadata = new Metadata();
      metadata.set("authorization", `Bearer ${token}`);
      return new TestClient(address, metadata);
    };
    const [stranger, friend] = [as("guess"), as("right")];
    await expect(stranger.call("ListNullVolumes")).rejects.toThrow("UNAUTHENTICATED");
    await expect(stranger.call("ListNullVolumes")).rejects.toThrow("UNAUTHENTICATED");
    await friend.call("ListNullVolumes");
    await expect(stranger.call("ListNullVolumes")).rejects.toThrow("RESOURCE_EXHAUSTED");
    stranger.close();
    friend.close();
  });

  test("leave who connects while it starts waiting, instead of refusing", async () => {
    let early: Promise<unknown> | undefined;
    const path = `${tmpdir()}/opi-early-${process.pid}.sock`;
    const client = new TestClient(`unix:${path}`);
    await start({
      listen: `unix:${path}`,
      whenBound: () => {
        early = client.call("ListNullVolumes");
      },
    });
    expect(await early).toMatchObject({ nullVolumes: [] });
    client.close();
  });
});

function socketTo(address: string): Socket {
  const [host, port] = address.split(":");
  const socket = connect({ host, port: Number(port) });
  socket.on("error", () => undefined);
  socket.resume();
  return socket;
}

/** google.rpc.Status, in it an Any, in it RetryInfo, in it a Duration. */
function retryDelayMs(bytes: Uint8Array): number {
  const field = (message: Uint8Array, wanted: number): Uint8Array => {
    const reader = new BinaryReader(message);
    while (reader.pos < reader.len) {
      const [number, type] = reader.tag();
      if (number === wanted) return reader.bytes();
      reader.skip(type);
    }
    throw new Error(`no field ${wanted}`);
  };
  const any = field(bytes, 3);
  expect(Buffer.from(field(any, 1)).toString()).toBe("type.googleapis.com/google.rpc.RetryInfo");
  const duration = new BinaryReader(field(field(any, 2), 1));
  duration.tag();
  const seconds = Number(duration.int64());
  duration.tag();
  return seconds * 1000 + duration.int32() / 1_000_000;
}
