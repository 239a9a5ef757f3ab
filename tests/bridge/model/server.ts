import { Server, status } from "@grpc/grpc-js";
import type { sendUnaryData, ServerUnaryCall } from "@grpc/grpc-js";
import type { DescMethod } from "@bufbuild/protobuf";
import { randomUUID } from "node:crypto";
import type { WireMessage } from "../../../provider/catalogue/values/wire";
import { opiCodec } from "../../../provider/client/codec";
import { methodsOf, services } from "./contract";
import { serveAt } from "./endpoint";
import type { Bridge, Kind } from "./kind";
import { referenceKinds } from "./kinds";
import { Memory } from "./memory";
import { handlerOf } from "./methods";
import type { Handler } from "./methods";
import { resetRemoteController } from "./kinds/nvme-remote-controller";
import { Spdk, SpdkGone } from "./spdk";
import { BridgeStatus, unimplemented } from "./status";

export interface BridgeOptions {
  /** SPDK's socket. */
  readonly spdk: string;
  /** Where it listens on loopback; 0, the default, is any free port. */
  readonly port?: number;
  /** How it treats each type: the reference bridge's ways by default, a vendor's with some of them replaced. */
  readonly kinds?: readonly Kind[];
  /** Where ids and page tokens come from. */
  readonly newId?: () => string;
}

/** A running bridge. It ends by itself where the real one does; `restart` then starts it anew on the same port. */
export interface RunningBridge {
  readonly address: string;
  /** Why it ended by itself, in the words of its log. */
  readonly died: string | undefined;
  /** What was asked of it, in order, by all its lives. */
  readonly calls: readonly { readonly method: string; readonly request: WireMessage }[];
  /** Ends it if it has not ended yet, and starts it again: it knows nothing any more. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** What ends the process instead of answering. */
class Crash extends Error {
  override readonly name = "Crash";
}

/** Starts a model of the reference bridge, opi-spdk-bridge, as recordings/bridge-grpc.jsonl shows it. */
export async function startBridge(options: BridgeOptions): Promise<RunningBridge> {
  const calls: { readonly method: string; readonly request: WireMessage }[] = [];
  const note = (method: string, request: WireMessage): void => void calls.push({ method, request });
  let life = await begin(options, options.port ?? 0, note);
  return {
    address: `127.0.0.1:${life.port}`,
    get died() {
      return life.died();
    },
    calls,
    restart: async () => {
      life.end();
      life = await begin(options, life.port, note);
    },
    stop: async () => life.end(),
  };
}

/** One life of the process, from start to end. */
interface Life {
  readonly port: number;
  died(): string | undefined;
  end(): void;
}

async function begin(
  { spdk, kinds = referenceKinds, newId = randomUUID }: BridgeOptions,
  port: number,
  note: (method: string, request: WireMessage) => void,
): Promise<Life> {
  const server = new Server();
  let died: string | undefined;
  let writes = 0;
  let reads = 0;
  const die = (why: string): void => {
    died ??= why;
    endpoint.kill();
  };
  const bridge: Bridge = {
    memory: new Memory(),
    spdk: new Spdk(spdk),
    newId,
    crash: (why) => {
      throw new Crash(why);
    },
  };
  const serve = async (method: DescMethod, handler: Handler, request: WireMessage): Promise<WireMessage> => {
    note(method.name, request);
    const isWrite = /^(Create|Update|Delete|Reset)/.test(method.name);
    // Its maps have no locks. A real one survives some races; this one none (recorded: special.concurrent).
    if (writes > 0 || (isWrite && reads > 0)) return bridge.crash("fatal error: concurrent map read and map write");
    if (isWrite) writes += 1;
    else reads += 1;
    try {
      // A handler that needs no SPDK takes time too: long enough for another request to arrive.
      await new Promise((resolve) => setImmediate(resolve));
      return await handler(bridge, request);
    } finally {
      if (isWrite) writes -= 1;
      else reads -= 1;
    }
  };
  for (const method of services.flatMap(methodsOf)) {
    const handler = handlerIn(kinds, method);
    server.register<WireMessage, WireMessage>(
      `/${method.parent.typeName}/${method.name}`,
      ({ request }: ServerUnaryCall<WireMessage, WireMessage>, done: sendUnaryData<WireMessage>) => {
        serve(method, handler, request).then(
          (answer) => done(null, answer),
          (error: unknown) => {
            if (error instanceof Crash || error instanceof SpdkGone) die(error.message);
            else if (error instanceof BridgeStatus) done({ code: error.code, details: error.details });
            // No answer of the bridge, but a mistake in the model.
            else done({ code: status.INTERNAL, details: error instanceof Error ? (error.stack ?? "") : String(error) });
          },
        );
      },
      (answer) => Buffer.from(opiCodec.encode(method.output.typeName, answer)),
      (bytes) => opiCodec.decode(method.input.typeName, bytes),
      "unary",
    );
  }
  const endpoint = await serveAt(port, server);
  return { port: endpoint.port, died: () => died, end: () => endpoint.kill() };
}

function handlerIn(kinds: readonly Kind[], method: DescMethod): Handler {
  if (method.name === "ResetNvmeRemoteController") return resetRemoteController(method);
  for (const kind of kinds) {
    const found = handlerOf(kind, method);
    if (found) return found;
  }
  // Recorded: VirtioScsiTarget/create, special.remote/disable_list_remote_ns.
  return () => {
    throw unimplemented(`method ${method.name} not implemented`);
  };
}
