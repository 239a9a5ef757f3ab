/**
 * A language host for TypeScript and JavaScript programs, for development only: the CLI that is built from the Go
 * module comes without the official one, and the tests and the demo run programs as a user does.
 * Protocol: pulumi/language.proto; the engine reads the port from the first line of stdout.
 */
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import { RunningPrograms } from "./program";
import { languageRuntime } from "./service";

const programs = new RunningPrograms();
const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });

// The engine passes flags and, last, its own address; a handshake may give the address again.
const engineAddress = process.argv.slice(2).findLast((argument) => !argument.startsWith("-")) ?? "";
server.addService(LanguageRuntimeService, languageRuntime(programs, engineAddress));

function stop(): void {
  programs.stopAll();
  server.forceShutdown();
}
process.once("SIGINT", stop);
process.once("SIGTERM", stop);

server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    process.stderr.write(`language host: cannot listen on the loopback interface: ${error.message}\n`);
    process.exitCode = 1;
    return;
  }
  process.stdout.write(`${port}\n`);
});
