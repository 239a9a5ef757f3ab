import { credentials, Metadata } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

const said = new Set<string>();
const underWay = new Set<Promise<void>>();
let engine: EngineClient | undefined;

/** Tells the user something that is no error. It may arrive a moment later; see `told`. */
export function warn(message: string): void {
  const telling = log(message).catch(() => void process.stdout.write(`warning: ${message}\n`));
  underWay.add(telling);
  void telling.finally(() => underWay.delete(telling));
}

/** The same, once a process: check runs for every resource, and a dead agent is one piece of news. */
export function warnOnce(message: string): void {
  if (said.has(message)) return;
  said.add(message);
  warn(message);
}

/** Waits until all warnings have arrived: the engine ends the process when its last call is answered. */
export async function told(): Promise<void> {
  await Promise.all(underWay);
}

/**
 * What is printed becomes a remark of the engine's; only its log has warnings. Dynamic providers are not given it, but
 * their host is started with the engine's address as its last argument.
 */
async function log(message: string): Promise<void> {
  const address = process.argv.at(-1) ?? "";
  if (!/^[\w.]+:\d+$/.test(address)) throw new Error("there is no engine");
  engine ??= new EngineClient(address, credentials.createInsecure(), { "grpc.enable_http_proxy": 0 });
  const request = new LogRequest();
  request.setSeverity(LogSeverity.WARNING);
  request.setMessage(message);
  const client = engine;
  await new Promise<void>((resolve, reject) => {
    client.log(request, new Metadata(), { deadline: Date.now() + 2_000 }, (error) =>
      error ? reject(error) : resolve(),
    );
  });
}

/* eslint-disable no-console -- what others print by it is the matter here */

const repetitions = new Set<string>();
let print: typeof console.error | undefined;

/**
 * An error as its message alone. The dynamic host prints what it catches, stack and all, besides reporting it; the
 * engine shows both, so that each error would stand there twice. It also takes a `code` for a gRPC code of its own.
 */
export function withoutRepetition(message: string): Error {
  const error = new Error(message);
  error.stack = "";
  repetitions.add(`${String(error)}: ${error.stack}`);
  if (print === undefined) {
    const original = console.error;
    print = (...words: readonly unknown[]) => {
      const isRepeated = words.length === 1 && typeof words[0] === "string" && repetitions.has(words[0]);
      if (!isRepeated) original(...words);
    };
    console.error = print;
  }
  return error;
}
