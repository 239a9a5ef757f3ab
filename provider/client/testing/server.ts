import { Server, ServerCredentials, status } from "@grpc/grpc-js";
import type { sendUnaryData, ServerUnaryCall } from "@grpc/grpc-js";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catalogue } from "../../catalogue";
import type { WireMessage } from "../../catalogue/values/wire";
import { opiCodec } from "../codec";

export type Handler = (
  request: WireMessage,
  call: ServerUnaryCall<WireMessage, WireMessage>,
) => Answer | Promise<Answer>;
export type Answer = WireMessage | Refusal;
interface Refusal {
  readonly code: status;
  readonly details: string;
}

export interface TestServer {
  readonly address: string;
  stop(): Promise<void>;
}

const methods = new Map(
  catalogue.types
    .flatMap((type) => Object.values(type.methods))
    .map((method) => [method.rpc.split("/").pop() ?? "", method] as const),
);
const others: typeof methods = new Map([
  [
    "GetCapabilities",
    {
      rpc: "/opi_ext.agent.v1.CapabilitiesService/GetCapabilities",
      request: "opi_ext.agent.v1.GetCapabilitiesRequest",
      response: "opi_ext.agent.v1.Capabilities",
    },
  ],
  [
    "Check",
    { rpc: "/grpc.health.v1.Health/Check", request: "google.protobuf.Empty", response: "google.protobuf.Empty" },
  ],
]);

/** A real gRPC server whose OPI calls, by method name, a test answers; all others are UNIMPLEMENTED. */
export async function startServer(
  handlers: Readonly<Record<string, Handler>>,
  options: { readonly credentials?: ServerCredentials; readonly unix?: boolean; readonly port?: number } = {},
): Promise<TestServer> {
  const server = new Server();
  for (const [name, handler] of Object.entries(handlers)) {
    const method = methods.get(name) ?? others.get(name);
    if (!method) throw new Error(`OPI has no method ${name}`);
    server.register<WireMessage, WireMessage>(
      method.rpc,
      (call: ServerUnaryCall<WireMessage, WireMessage>, done: sendUnaryData<WireMessage>) => {
        Promise.resolve()
          .then(() => handler(call.request, call))
          .then(
            (answer) => (isError(answer) ? done(answer) : done(null, answer)),
            (error: unknown) => done({ code: status.INTERNAL, details: String(error) }),
          );
      },
      (answer) => Buffer.from(opiCodec.encode(method.response, answer)),
      (bytes) => opiCodec.decode(method.request, bytes),
      "unary",
    );
  }
  const folder = options.unix ? mkdtempSync(join(tmpdir(), "opi-")) : undefined;
  const target = folder ? `unix:${join(folder, "agent.sock")}` : `127.0.0.1:${options.port ?? 0}`;
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(target, options.credentials ?? ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return {
    address: folder ? target : `127.0.0.1:${port}`,
    stop: async () => {
      server.forceShutdown();
      if (folder) rmSync(folder, { recursive: true, force: true });
      await Promise.resolve();
    },
  };
}

function isError(answer: Answer): answer is Refusal {
  return "code" in answer && "details" in answer;
}
