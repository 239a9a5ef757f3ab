import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A way to an agent that can be closed, cut and silenced while the agent itself goes on. */
export interface Proxy {
  readonly address: string;
  /** Connections that it was asked for, refused ones left out. */
  readonly dialled: number;
  /** Cuts what is connected and refuses what comes, as a host without an agent does. */
  close(): Promise<void>;
  /** Undoes `close` and `silence`. */
  open(): Promise<void>;
  /** Takes connections and says nothing, as an agent that hangs. */
  silence(): void;
  /** Breaks all connections of the moment; new ones work. */
  cut(): void;
}

export async function startProxy(target: string): Promise<Proxy> {
  const [host, port] = [target.slice(0, target.lastIndexOf(":")), Number(target.slice(target.lastIndexOf(":") + 1))];
  const sockets = new Set<Socket>();
  let silent = false;
  let dialled = 0;
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    // A broken connection is what this is for.
    socket.on("error", () => socket.destroy());
    return socket;
  };
  const listen = (where: number): Promise<Server> =>
    new Promise((resolve, reject) => {
      const server = createServer((client) => {
        dialled += 1;
        track(client);
        if (silent) return void client.resume();
        const agent = track(connect(port, host));
        client.pipe(agent).pipe(client);
        client.once("close", () => agent.destroy());
        agent.once("close", () => client.destroy());
      });
      server.once("error", reject);
      server.listen(where, "127.0.0.1", () => resolve(server));
    });
  let server: Server | undefined = await listen(0);
  // A TCP server's address is an object.
  const own = (server.address() as AddressInfo).port;
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: `127.0.0.1:${own}`,
    get dialled(): number {
      return dialled;
    },
    close: async () => {
      const closing = server;
      server = undefined;
      const closed = new Promise<void>((resolve) => (closing ? closing.close(() => resolve()) : resolve()));
      cut();
      await closed;
    },
    open: async () => {
      silent = false;
      server ??= await listen(own);
    },
    silence: () => {
      silent = true;
      cut();
    },
    cut,
  };
}
