import { credentials, Metadata, type CallOptions, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import type { ListRequest, ListResponse } from "@pulumi/pulumi/proto/provider_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { pluginFolder } from "./plugin";

/** The plugin as a process, spoken to as the engine does, for what the real engine cannot be made to do. */
export interface PluginProcess {
  readonly client: ResourceProviderClient;
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** One unary call. @throws ServiceError */
  call<Request, Response>(method: Unary<Request, Response>, request: Request): Promise<Response>;
  list(request: ListRequest): Promise<readonly ListResponse[]>;
  /** Ends it as the engine does. @returns its exit code */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

type Unary<Request, Response> = (
  request: Request,
  metadata: Metadata,
  options: Partial<CallOptions>,
  reply: (error: ServiceError | null, response: Response) => void,
) => unknown;

export async function startPlugin(environment: Readonly<Record<string, string>> = {}): Promise<PluginProcess> {
  const child = spawn(join(pluginFolder, "pulumi-resource-opi"), [], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const exited = once(child, "exit") as Promise<[number | null]>;
  while (!stdout.includes("\n")) {
    await Promise.race([once(child.stdout, "data"), exited.then(() => Promise.reject(new Error(stderr)))]);
  }
  const client = new ResourceProviderClient(`127.0.0.1:${stdout.trim()}`, credentials.createInsecure());
  return {
    client,
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    call: (method, request) =>
      new Promise((resolve, reject) => {
        method.call(client, request, new Metadata(), {}, (error, response) =>
          error ? reject(error as Error) : resolve(response),
        );
      }),
    list: async (request) => {
      const responses: ListResponse[] = [];
      for await (const response of client.list(request)) responses.push(response as ListResponse);
      return responses;
    },
    stop: async (signal = "SIGINT") => {
      child.kill(signal);
      const [code] = await exited;
      client.close();
      return code;
    },
  };
}

export const struct = (value: Record<string, JavaScriptValue>): Struct => Struct.fromJavaScript(value);
