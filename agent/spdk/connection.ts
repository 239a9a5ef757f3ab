import { createConnection, type Socket } from "node:net";

import { JsonSplitter } from "./json-splitter";

/** What a connection tells its owner. `closed` comes exactly once, and nothing comes after it. */
export interface ConnectionEvents {
  opened(): void;
  answered(answer: unknown): void;
  closed(reason: Error | undefined): void;
}

/** One connection to SPDK's unix socket: parsed answers in, serialized requests out. */
export class Connection {
  private readonly socket: Socket;
  private readonly splitter = new JsonSplitter();
  private over = false;

  constructor(
    socketPath: string,
    private readonly events: ConnectionEvents,
  ) {
    let reason: Error | undefined;
    this.socket = createConnection(socketPath);
    this.socket.on("connect", () => this.events.opened());
    this.socket.on("data", (chunk: Buffer) => {
      try {
        for (const text of this.splitter.push(chunk)) {
          if (this.over) return;
          this.events.answered(JSON.parse(text));
        }
      } catch (error) {
        reason = new Error("SPDK sent what is no JSON-RPC answer", { cause: error });
        this.socket.destroy();
      }
    });
    this.socket.on("error", (error) => (reason ??= error));
    // SPDK ends a connection by closing it; a half-open one is of no use to either side.
    this.socket.on("end", () => this.socket.destroy());
    this.socket.on("close", () => {
      if (this.over) return;
      this.over = true;
      this.events.closed(reason);
    });
  }

  send(text: string): void {
    this.socket.write(text);
  }

  /** An idle connection must not keep a process alive that has nothing else to do. */
  keepProcessAlive(keep: boolean): void {
    if (keep) this.socket.ref();
    else this.socket.unref();
  }

  close(): void {
    this.over = true;
    this.socket.destroy();
  }
}
