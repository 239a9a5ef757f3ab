import { mkdir, unlink } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";

import { JsonSplitter } from "../../spdk/json-splitter";
import type { Answer } from "./dispatch";

export type RequestHandler = (request: unknown, answer: (answer: Answer) => void) => void;

/** Serves JSON-RPC on a unix socket the way SPDK does: values back to back, many requests in flight on one connection. */
export class RpcServer {
  private readonly connections = new Set<Socket>();
  private readonly server: Server;

  private constructor(
    private readonly socketPath: string,
    private readonly handle: RequestHandler,
  ) {
    this.server = createServer((socket) => this.serve(socket));
  }

  static async listen(socketPath: string, handle: RequestHandler): Promise<RpcServer> {
    await mkdir(dirname(socketPath), { recursive: true });
    const rpc = new RpcServer(socketPath, handle);
    await new Promise<void>((resolve, reject) => {
      rpc.server.once("error", (error) =>
        reject(new Error(`the SPDK simulator cannot listen on ${socketPath}: ${error.message}`, { cause: error })),
      );
      rpc.server.listen(socketPath, resolve);
    });
    return rpc;
  }

  /** Closes every connection as a dying SPDK does, and removes the socket. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.connections) socket.destroy();
    await closed;
    await unlink(this.socketPath).catch(() => undefined);
  }

  private serve(socket: Socket): void {
    this.connections.add(socket);
    const splitter = new JsonSplitter();
    socket.on("close", () => this.connections.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.on("end", () => socket.end());
    socket.on("data", (chunk: Buffer) => {
      // Answers to the requests of one chunk leave together: writing each alone would cost a system call each.
      socket.cork();
      try {
        for (const text of splitter.push(chunk))
          this.handle(JSON.parse(text), (answer) => {
            if (!socket.destroyed) socket.write(serialize(answer));
          });
      } catch {
        // What does not parse ends the connection without an answer (recorded: core/raw_garbage).
        socket.destroy();
      }
      socket.uncork();
    });
  }
}

/**
 * Recorded (core/raw_no_id_notification, core/raw_null_id): a result without an id lacks its last brace and line feed.
 * Errors and results with an id are whole.
 */
function serialize(answer: Answer): string {
  const text = JSON.stringify({ jsonrpc: "2.0", ...answer });
  return "result" in answer && answer.id === null ? text.slice(0, -1) : `${text}\n`;
}
