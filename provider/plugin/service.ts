import { status } from "@grpc/grpc-js";
import type { handleUnaryCall, sendUnaryData } from "@grpc/grpc-js";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { version } from "../../package.json";
import { checkConfig } from "./config/check";
import { configure } from "./config/configure";
import { diffConfig } from "./config/diff";
import { serviceError, unimplemented } from "./errors";
import { invoke } from "./invoke";
import { list } from "./list";
import { packageSchema } from "./package-schema";
import type { RunningCalls } from "./process/running-calls";
import { check } from "./resource/check";
import { create } from "./resource/create";
import { remove } from "./resource/delete";
import { diff } from "./resource/diff";
import { read } from "./resource/read";
import { update } from "./resource/update";
import type { Session } from "./session";

/** The calls of pulumirpc.ResourceProvider (pulumi, proto/pulumi/provider.proto), each as a function of its own. */
export function service(session: Session, running: RunningCalls): IResourceProviderServer {
  const unary =
    <Request, Response>(
      work: (request: Request, signal: AbortSignal) => Response | Promise<Response>,
    ): handleUnaryCall<Request, Response> =>
    (call, reply) => {
      running
        .track(
          async (signal) => {
            try {
              return await work(call.request, signal);
            } finally {
              await session.log.told();
            }
          },
          (abandon) => call.once("cancelled", abandon),
        )
        .then(
          (response) => reply(null, response),
          (error: unknown) => reply(serviceError(error)),
        );
    };

  return {
    handshake: unary((request: messages.ProviderHandshakeRequest) => {
      session.log.connect(request.getEngineAddress());
      return new messages.ProviderHandshakeResponse()
        .setAcceptSecrets(true)
        .setAcceptResources(true)
        .setAcceptOutputs(true)
        .setSupportsAutonamingConfiguration(true)
        .setAcceptsOutputsInInvoke(true)
        .setAcceptsOutputsInCheck(true);
    }),
    getSchema: unary((request: messages.GetSchemaRequest) => {
      if (request.getVersion() === 0) return new messages.GetSchemaResponse().setSchema(packageSchema());
      throw new RangeError(`there is no schema of version ${request.getVersion()}, only of version 0`);
    }),
    getPluginInfo: unary(() => new PluginInfo().setVersion(version)),
    attach: unary((request: { getAddress(): string }) => {
      session.log.connect(request.getAddress());
      return new Empty();
    }),

    checkConfig: unary(checkConfig),
    diffConfig: unary(diffConfig),
    configure: unary((request: messages.ConfigureRequest) => configure(session, request)),

    check: unary((request: messages.CheckRequest) => check(session, request)),
    diff: unary(diff),
    create: unary((request: messages.CreateRequest, signal) => create(session, request, signal)),
    read: unary((request: messages.ReadRequest, signal) => read(session, request, signal)),
    update: unary((request: messages.UpdateRequest, signal) => update(session, request, signal)),
    delete: unary((request: messages.DeleteRequest, signal) => remove(session, request, signal)),

    invoke: unary((request: messages.InvokeRequest, signal) => invoke(session, request, signal)),
    list: (call) => {
      void running
        .track(
          (signal) => list(session, call.request, signal, (response) => call.write(response)),
          (abandon) => call.once("cancelled", abandon),
        )
        .then(
          () => call.end(),
          (error: unknown) => call.emit("error", serviceError(error)),
        );
    },

    // Not awaited: it is the host that decides how long it waits for the calls to end.
    cancel: (_call, reply) => {
      running.abort();
      reply(null, new Empty());
    },

    construct: refused("this provider has no component resources"),
    call: refused("this provider has no methods"),
    parameterize: refused("this provider takes no parameters"),
    getMapping: (_call, reply) => reply(null, new messages.GetMappingResponse()),
    getMappings: (_call, reply) => reply(null, new messages.GetMappingsResponse()),
  };
}

function refused(reason: string) {
  return (_call: unknown, reply: sendUnaryData<never>): void =>
    reply({ code: status.UNIMPLEMENTED, ...unimplemented(reason) });
}
