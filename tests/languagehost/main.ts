/**
 * A language host for TypeScript, JavaScript, Python and Go programs, for development only: the CLI that is built from
 * the Go module comes without the official ones, and the tests and the demo run programs as a user does. Its first
 * argument is the runtime; the others are the engine's.
 * Protocol: pulumi/language.proto; the engine reads the port from the first line of stdout.
 */
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import { RunningPrograms } from "./program";
import { go } from "./runtimes/go";
import { nodejs } from "./runtimes/nodejs";
import { python } from "./runtimes/python";
import type { Runtime } from "./runtimes/runtime";
import { languageRuntime } from "./service";

const runtimes: Readonly<Record<string, Runtime>> = { nodejs, python, go };
const [name = "", ...args] = process.argv.slice(2);
const runtime = runtimes[name];
if (runtime === undefined) throw new Error(`no runtime ${name}; there are ${Object.keys(runtimes).join(", ")}`);

const programs = new RunningPrograms(runtime);
const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });

// The engine passes flags and, last, its own address; a handshake may give the address again.
const engineAddress = args.findLast((argument) => !argument.startsWith("-")) ?? "";
server.addService(LanguageRuntimeService, languageRuntime(runtime, programs, engineAddress));

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
