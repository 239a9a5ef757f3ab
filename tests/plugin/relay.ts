import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A way to an agent on which the requests of a moment arrive and their answers do not. */
export interface Relay {
  readonly address: string;
  /** From now on nothing comes back, on connections that are open and on new ones. */
  deafen(): void;
  /** The same, as soon as a request that holds this text has passed. */
  deafenAfter(text: string): void;
  /** Undoes both, for new connections. */
  hear(): void;
  close(): Promise<void>;
}

export async function startRelay(target: string): Promise<Relay> {
  const [host, port] = [target.slice(0, target.lastIndexOf(":")), Number(target.slice(target.lastIndexOf(":") + 1))];
  const sockets = new Set<Socket>();
  let isDeaf = false;
  let text: string | undefined;
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    // A broken connection is what this is for.
    socket.on("error", () => socket.destroy());
    return socket;
  };
  const server = createServer((client) => {
    track(client);
    const agent = track(connect(port, host));
    client.on("data", (chunk: Buffer) => {
      if (text !== undefined && chunk.includes(text)) isDeaf = true;
      agent.write(chunk);
    });
    agent.on("data", (chunk) => {
      if (!isDeaf) client.write(chunk);
    });
    client.once("close", () => agent.destroy());
    agent.once("close", () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server's address is an object.
  const own = (server.address() as AddressInfo).port;
  return {
    address: `127.0.0.1:${own}`,
    deafen: () => {
      isDeaf = true;
    },
    deafenAfter: (given) => {
      text = given;
    },
    hear: () => {
      isDeaf = false;
      text = undefined;
      for (const socket of sockets) socket.destroy();
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
