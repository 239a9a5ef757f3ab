import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { SpdkClient, type SpdkClientOptions } from "./client";
import { Code, toStatusError } from "../aip/status";
import { SpdkBusyError, SpdkError, SpdkTransportError } from "./errors";
import { JsonSplitter } from "./json-splitter";

interface Request {
  readonly id: number;
  readonly method: string;
  readonly params?: unknown;
}

/** A peer on a unix socket whose every byte the test decides. */
class Peer {
  readonly requests: Request[] = [];
  connections: Socket[] = [];
  private server: Server | undefined;

  constructor(
    readonly socketPath: string,
    private readonly onRequest: (request: Request, socket: Socket, peer: Peer) => void,
  ) {}

  async listen(): Promise<void> {
    this.server = createServer((socket) => {
      this.connections.push(socket);
      const splitter = new JsonSplitter();
      socket.on("error", () => socket.destroy());
      socket.on("data", (chunk: Buffer) => {
        for (const text of splitter.push(chunk)) {
          // The client under test sends JSON-RPC requests only.
          const request = JSON.parse(text) as Request;
          this.requests.push(request);
          this.onRequest(request, socket, this);
        }
      });
    });
    await new Promise<void>((resolve) => this.server?.listen(this.socketPath, resolve));
  }

  async close(): Promise<void> {
    for (const socket of this.connections) socket.destroy();
    this.connections = [];
    await new Promise<void>((resolve) => (this.server ? this.server.close(() => resolve()) : resolve()));
    this.server = undefined;
  }
}

function result(request: Request, value: unknown): string {
  return `${JSON.stringify({ jsonrpc: "2.0", id: request.id, result: value })}\n`;
}

const echo = (request: Request, socket: Socket): void => {
  socket.write(result(request, { method: request.method, params: request.params }));
};

const silence = (): void => undefined;

describe("the SPDK client", () => {
  let folder: string;
  let socketPath: string;
  const closers: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "spdk-client-"));
    socketPath = join(folder, "spdk.sock");
  });

  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
    await rm(folder, { recursive: true });
  });

  async function peer(onRequest: ConstructorParameters<typeof Peer>[1]): Promise<Peer> {
    const started = new Peer(socketPath, onRequest);
    await started.listen();
    closers.push(() => started.close());
    return started;
  }

  function client(options: SpdkClientOptions = {}): SpdkClient {
    const made = new SpdkClient(socketPath, { backoff: { firstMs: 1, longestMs: 5 }, ...options });
    closers.push(() => made.close());
    return made;
  }

  async function failure(promise: Promise<unknown>): Promise<unknown> {
    return promise.then(
      () => {
        throw new Error("the call was expected to fail");
      },
      (error: unknown) => error,
    );
  }

  test("many calls share one connection and get their own answers, in whatever order these come", async () => {
    const held: (() => void)[] = [];
    const server = await peer((request, socket) => {
      held.push(() => {
        echo(request, socket);
      });
      if (held.length === 100) for (const answer of held.reverse()) answer();
    });
    const spdk = client();
    const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => spdk.call(`verb${index}`, { index })));
    expect(answers).toEqual(Array.from({ length: 100 }, (_, index) => ({ method: `verb${index}`, params: { index } })));
    expect(server.connections).toHaveLength(1);
  });

  test("a large answer in small pieces, and several answers in one piece, are understood", async () => {
    const large = Array.from({ length: 20_000 }, (_, index) => ({ name: `bdev "${index}" }]` }));
    let first: Request | undefined;
    await peer((request, socket) => {
      if (first === undefined) {
        first = request;
        return;
      }
      const bytes = Buffer.from(result(request, large) + result(first, "small"));
      for (let at = 0; at < bytes.length; at += 1000) socket.write(bytes.subarray(at, at + 1000));
    });
    const spdk = client();
    const small = spdk.call("first");
    expect(await spdk.call("second")).toEqual(large);
    expect(await small).toBe("small");
  });

  test("an error of SPDK carries method, code and text, and never the parameters", async () => {
    await peer((request, socket) => {
      socket.write(JSON.stringify({ jsonrpc: "2.0", id: request.id, error: { code: -17, message: "File exists" } }));
    });
    const error = await failure(client().call("accel_crypto_key_create", { key: "5ec7e7" }));
    expect(error).toBeInstanceOf(SpdkError);
    expect(error).toMatchObject({ method: "accel_crypto_key_create", code: -17, rawMessage: "File exists" });
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain("5ec7e7");
  });

  test("a call waits for SPDK to come up", async () => {
    const server = new Peer(socketPath, echo);
    closers.push(() => server.close());
    const answer = client().call("spdk_get_version");
    await new Promise((resolve) => setTimeout(resolve, 20));
    await server.listen();
    expect(await answer).toMatchObject({ method: "spdk_get_version" });
  });

  test("without SPDK a call fails at its deadline, saying that nothing was sent", async () => {
    const error = await failure(client().call("spdk_get_version", undefined, { timeoutMs: 30 }));
    expect(error).toBeInstanceOf(SpdkTransportError);
    expect(error).toMatchObject({ method: "spdk_get_version", sent: false });
    expect(String(error)).toContain(socketPath);
    expect(String(error)).toContain("ENOENT");
  });

  test("a call in flight when the connection drops fails with its outcome unknown, and the next one connects again", async () => {
    const server = await peer((request, socket, self) => {
      if (self.connections.length === 1) socket.destroy();
      else echo(request, socket);
    });
    const spdk = client();
    const error = await failure(spdk.call("bdev_malloc_create"));
    expect(error).toMatchObject({ name: "SpdkTransportError", method: "bdev_malloc_create", sent: true });
    expect(String(error)).toContain("was lost");
    expect(String(error)).toContain("outcome is unknown");
    expect(await spdk.call("spdk_get_version")).toMatchObject({ method: "spdk_get_version" });
    expect(server.requests.map(({ method }) => method)).toEqual(["bdev_malloc_create", "spdk_get_version"]);
  });

  test("who asked for it hears of a connection that is lost, also while nobody calls, and of none that never was", async () => {
    const server = await peer(echo);
    let lost = 0;
    let hear = (): void => undefined;
    const heard = new Promise<void>((resolve) => (hear = resolve));
    const spdk = client({
      onLost: () => {
        lost++;
        hear();
      },
    });
    await spdk.call("spdk_get_version");
    await server.close();
    await heard;
    expect(String(await failure(spdk.call("spdk_get_version", undefined, { timeoutMs: 50 })))).toContain(
      "no connection",
    );
    await spdk.close();
    expect(lost).toBe(1);
  });

  test("calls that were waiting for their turn survive a lost connection", async () => {
    await peer((request, socket, self) => {
      if (self.connections.length === 1) socket.destroy();
      else echo(request, socket);
    });
    const spdk = client({ maxInFlight: 1 });
    const first = failure(spdk.call("first"));
    const second = spdk.call("second");
    expect(await first).toMatchObject({ sent: true });
    expect(await second).toMatchObject({ method: "second" });
  });

  test("an unanswered call fails at its deadline, and its late answer disturbs nobody", async () => {
    let late: (() => void) | undefined;
    await peer((request, socket) => {
      if (late === undefined)
        late = () => {
          echo(request, socket);
        };
      else {
        late();
        echo(request, socket);
      }
    });
    const spdk = client();
    const error = await failure(spdk.call("slow", undefined, { timeoutMs: 20 }));
    expect(error).toMatchObject({ name: "SpdkTransportError", sent: true });
    expect(await spdk.call("next")).toMatchObject({ method: "next" });
  });

  test.each([
    ["what is no JSON", "hello there\n"],
    ["broken JSON", '{"jsonrpc":"2.0","id":}'],
    ["a bare value", "42\n"],
    ["bytes that are no text", Buffer.from([0xff, 0xfe, 0x7b, 0x00, 0x7d])],
    ["an error of no request", '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}'],
  ])("after %s nothing on that connection is trusted, and the next call has a new one", async (_title, garbage) => {
    const server = await peer((request, socket, self) => {
      if (self.connections.length === 1) socket.write(garbage);
      else echo(request, socket);
    });
    const spdk = client();
    expect(await failure(spdk.call("first"))).toMatchObject({ name: "SpdkTransportError", sent: true });
    expect(await spdk.call("second")).toMatchObject({ method: "second" });
    expect(server.connections).toHaveLength(2);
  });

  test("an SPDK that closes in the midst of an answer leaves nothing of it for the next connection", async () => {
    await peer((request, socket, self) => {
      if (self.connections.length > 1) echo(request, socket);
      else socket.end(result(request, { name: "half of it" }).slice(0, 30));
    });
    const spdk = client();
    expect(await failure(spdk.call("first"))).toMatchObject({ name: "SpdkTransportError", sent: true });
    expect(await spdk.call("second")).toMatchObject({ method: "second" });
  });

  test("answers that nobody asked for are passed over", async () => {
    await peer((request, socket) => {
      for (const id of [4711, "1", null, undefined]) socket.write(JSON.stringify({ jsonrpc: "2.0", id, result: "no" }));
      socket.write("[]");
      echo(request, socket);
      // The same once more: the call has ended by then.
      echo(request, socket);
    });
    const spdk = client();
    expect(await spdk.call("first")).toMatchObject({ method: "first" });
    expect(await spdk.call("second")).toMatchObject({ method: "second" });
  });

  test("an answer of many megabytes, cut in the midst of characters, comes out whole", async () => {
    const large = Array.from({ length: 100_000 }, (_, index) => ({ name: `größe-€-𝄞-${index}`, blocks: index * 4096 }));
    await peer((request, socket) => {
      const bytes = Buffer.from(result(request, large));
      // A prime, so that the cuts fall everywhere.
      for (let at = 0; at < bytes.length; at += 65_521) socket.write(bytes.subarray(at, at + 65_521));
    });
    expect(await client().call("bdev_get_bdevs")).toEqual(large);
  });

  test("an SPDK that drops connection after connection loses only what it had, and what waited comes through", async () => {
    const server = await peer((request, socket, self) => {
      if (self.connections.length <= 5) socket.destroy();
      else echo(request, socket);
    });
    const spdk = client({ maxInFlight: 1 });
    const calls = Array.from({ length: 6 }, (_, index) => spdk.call(`verb${index}`));
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.map(({ status }) => status)).toEqual([...Array<string>(5).fill("rejected"), "fulfilled"]);
    expect(server.requests.map(({ method }) => method)).toEqual(calls.map((_, index) => `verb${index}`));
  });

  test("no more requests are at SPDK at once than allowed", async () => {
    const server = await peer((request, socket, self) => {
      if (self.requests.length === 1) setTimeout(() => socket.write(result(request, "done")), 10);
      else echo(request, socket);
    });
    const spdk = client({ maxInFlight: 1 });
    const calls = [spdk.call("first"), spdk.call("second")];
    await calls[0];
    expect(server.requests).toHaveLength(1);
    await calls[1];
  });

  test("a full queue refuses at once", async () => {
    await peer(silence);
    const spdk = client({ maxPending: 1 });
    const pending = failure(spdk.call("first"));
    const error = await failure(spdk.call("second"));
    expect(error).toBeInstanceOf(SpdkBusyError);
    expect(error).toMatchObject({ method: "second", sent: false });
    expect(toStatusError(error, "CreateNullVolume").code).toBe(Code.RESOURCE_EXHAUSTED);
    await spdk.close();
    await pending;
  });

  test("the caller can give up, before and after the request went out", async () => {
    const server = await peer(silence);
    const spdk = client();
    expect(await failure(spdk.call("never", undefined, { signal: AbortSignal.abort() }))).toMatchObject({
      sent: false,
    });
    const controller = new AbortController();
    const pending = failure(spdk.call("started", undefined, { signal: controller.signal }));
    while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    expect(await pending).toMatchObject({ method: "started", sent: true });
    expect(server.requests.map(({ method }) => method)).toEqual(["started"]);
  });

  test("closing fails what is pending, and later calls", async () => {
    const server = await peer(silence);
    const spdk = client();
    const pending = failure(spdk.call("first"));
    while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await spdk.close();
    await spdk.close();
    expect(await pending).toMatchObject({ sent: true });
    expect(await failure(spdk.call("second"))).toMatchObject({ sent: false });
  });

  test.each([
    ["bytes that are not JSON", "hello"],
    ["a value that is no answer", "42"],
    [
      "a refusal of a request it could not read",
      '{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Invalid request"}}',
    ],
  ])("%s ends the connection", async (_what, bytes) => {
    await peer((_request, socket) => socket.write(bytes));
    expect(await failure(client().call("first"))).toMatchObject({ name: "SpdkTransportError", sent: true });
  });
});
