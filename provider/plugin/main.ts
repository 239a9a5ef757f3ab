/**
 * `pulumi-resource-opi`: the provider as a plugin of Pulumi's engine, which starts it with its own address, reads the
 * port from the first line of standard output, and talks pulumirpc.ResourceProvider to it.
 */
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { closeAll } from "../client";
import { EngineLog } from "./process/engine-log";
import { RunningCalls } from "./process/running-calls";
import { onStop } from "./process/stop";
import { service } from "./service";
import { Session } from "./session";

function main(): void {
  // The engine may pass flags of its own before its address.
  const engineAddress = process.argv.slice(2).findLast((argument) => !argument.startsWith("-")) ?? "";
  const log = new EngineLog(engineAddress);
  const running = new RunningCalls();
  // States of many resources in one message are no reason to fail.
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(ResourceProviderService, service(new Session(log), running));

  onStop(engineAddress !== "", async () => {
    running.abort();
    await running.ended();
    // Answers are on their way still.
    await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
    log.close();
    closeAll();
  });

  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) {
      process.stderr.write(`pulumi-resource-opi: cannot listen on the loopback interface: ${error.message}\n`);
      process.exit(1);
    }
    process.stdout.write(`${port}\n`);
  });
}

main();
