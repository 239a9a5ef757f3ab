import { ServerCredentials } from "@grpc/grpc-js";
import type { Server } from "@grpc/grpc-js";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

/** A gRPC server on a port of its own, which can end as a process does. */
export interface Endpoint {
  readonly port: number;
  /** Connections break and the port is free, as when a process dies; calls under way get no answer. */
  kill(): void;
}

/** @param port 0 for any free one */
export async function serveAt(port: number, server: Server): Promise<Endpoint> {
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const sockets = new Set<Socket>();
  // Shutting a grpc-js server down cancels its calls one by one, politely: a process that dies does not.
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    injector.injectConnection(socket);
  });
  await new Promise<void>((resolve, reject) => {
    listener.once("error", reject);
    listener.listen(port, "127.0.0.1", resolve);
  });
  return {
    // It listens on an address, so that is one.
    port: (listener.address() as AddressInfo).port,
    kill: () => {
      listener.close();
      for (const socket of sockets) socket.destroy();
      server.forceShutdown();
    },
  };
}
