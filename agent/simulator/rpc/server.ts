import { mkdir, unlink } from "node:fs/promises";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";

import { JsonSplitter } from "../../spdk/json-splitter";
import type { Answer, Reply } from "./dispatch";

export type RequestHandler = (value: unknown, reply: (reply: Reply) => void) => void;

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

  /** The folder is made when it is not there; a socket that a killed process left behind gives way. */
  static async listen(socketPath: string, handle: RequestHandler): Promise<RpcServer> {
    await mkdir(dirname(socketPath), { recursive: true });
    const rpc = new RpcServer(socketPath, handle);
    try {
      await rpc.bind().catch(async (error: unknown) => {
        if (codeOf(error) !== "EADDRINUSE" || (await isServed(socketPath))) throw error;
        await unlink(socketPath);
        await rpc.bind();
      });
    } catch (error) {
      throw new Error(`the SPDK simulator cannot listen on ${socketPath}: ${codeOf(error) ?? String(error)}`, {
        cause: error,
      });
    }
    return rpc;
  }

  /** Closes every connection as a dying SPDK does, and removes the socket. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.connections) socket.destroy();
    await closed;
    await unlink(this.socketPath).catch(() => undefined);
  }

  private async bind(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(this.socketPath, () => {
        this.server.off("error", reject);
        resolve();
      });
    });
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
          this.handle(JSON.parse(text), (reply) => {
            if (!socket.destroyed) socket.write(serialize(reply));
          });
      } catch {
        // What does not parse ends the connection without an answer (recorded: core/raw_garbage).
        socket.destroy();
      }
      socket.uncork();
    });
  }
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return String(error.code);
}

/** Whether a process answers behind the socket, or only its file is left. */
async function isServed(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath);
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => {
      resolve(false);
    });
  });
}

/**
 * Recorded (core/raw_no_id_notification, core/raw_null_id): a result without an id lacks its last brace and line feed.
 * Errors and results with an id are whole.
 */
function serialize(reply: Reply): string {
  if (isBatch(reply)) return `${JSON.stringify(reply.map((answer) => ({ jsonrpc: "2.0", ...answer })))}\n`;
  const text = JSON.stringify({ jsonrpc: "2.0", ...reply });
  return "result" in reply && reply.id === null ? text.slice(0, -1) : `${text}\n`;
}

function isBatch(reply: Reply): reply is readonly Answer[] {
  return Array.isArray(reply);
}
