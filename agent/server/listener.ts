import { createServer, type AddressInfo, type DropArgument, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type Server as TlsServer } from "node:tls";

import type { Logger } from "pino";

import type { TlsOptions } from "../options";
import { formatListenAddress, type ListenAddress } from "./listen-address";
import { tlsContext, type TlsContext } from "./tls";
import { listenAtPath, removeStaleSocket, type SocketAccess } from "./unix-socket";

export interface ListenerOptions {
  readonly address: ListenAddress;
  readonly tls?: TlsOptions;
  /** What is spoken inside TLS (ALPN): `h2` for gRPC, `http/1.1` for metrics. */
  readonly protocol: "h2" | "http/1.1";
  readonly access?: SocketAccess;
  /** Connections at one time; further ones are closed at once. */
  readonly maxConnections: number;
  /** Of these, from one address; left out, all. */
  readonly maxClientConnections?: number;
  /** How long a client may take for its TLS handshake. */
  readonly handshakeMs: number;
  readonly log: Logger;
}

/**
 * An address and the connections to it, decrypted. grpc-js can bind by itself, but then neither connections nor
 * handshakes have limits, TLS's version is the whole process's matter, and a unix socket is open to all until it is
 * closed again; so it gets its connections from here (its connection injector), as does the metrics' HTTP server.
 *
 * It listens from the start, so that a taken address is known early; whoever connects before {@link serve} waits.
 */
export class Listener {
  /** Where it listens, with the true port. */
  readonly address: string;
  private readonly open = new Set<Socket>();
  private readonly early: Socket[] = [];
  private handOver: ((socket: Socket) => void) | undefined;

  static async open(options: ListenerOptions): Promise<Listener> {
    const context = options.tls === undefined ? undefined : tlsContext(options.tls);
    if (options.address.kind === "unix") await removeStaleSocket(options.address.path);
    const secure = context === undefined ? undefined : makeTlsServer(options, context);
    const server = secure?.server ?? createServer(SOCKET);
    server.maxConnections = options.maxConnections;
    await bind(server, options);
    return new Listener(server, secure, options);
  }

  private constructor(
    private readonly server: Server,
    private readonly secure: SecureSide | undefined,
    options: ListenerOptions,
  ) {
    const { address, log } = options;
    const bound = server.address();
    this.address = formatListenAddress(
      address.kind === "tcp" ? { ...address, port: (bound as AddressInfo).port } : address,
    );
    if (options.maxClientConnections !== undefined) limitEach(server, options.maxClientConnections, log);
    server.on(secure === undefined ? "connection" : "secureConnection", (socket: Socket) => this.accept(socket));
    server.on("error", (error) => log.error({ address: this.address, reason: error.message }, "listener"));
    server.on("drop", (dropped?: DropArgument) =>
      log.warn({ peer: dropped?.remoteAddress, limit: options.maxConnections }, "connection refused: too many"),
    );
    server.on("tlsClientError", (error: Error, socket: Socket) => {
      log.info({ peer: socket.remoteAddress, reason: error.message }, "TLS handshake failed");
      socket.destroy();
    });
  }

  get connections(): number {
    return this.open.size;
  }

  /** When its certificate ends; undefined in plain text. */
  get certificateEnds(): Date | undefined {
    return this.secure?.context.notAfter;
  }

  serve(handOver: (socket: Socket) => void): void {
    this.handOver = handOver;
    for (const socket of this.early.splice(0)) if (!socket.destroyed) handOver(socket);
  }

  /** New connections get this certificate; those that are there go on with theirs. Throws, and keeps the old, if it cannot be used. */
  renew(tls: TlsOptions): void {
    if (this.secure === undefined) throw new Error("TLS cannot be turned on while the agent runs; restart it");
    const next = tlsContext(tls);
    if (next.mutual !== this.secure.context.mutual)
      throw new Error("TLS: whether clients must show a certificate cannot change while the agent runs; restart it");
    this.secure.server.setSecureContext(next.options);
    this.secure.context = next;
  }

  /** Accepts nobody any more; those who are connected go on. */
  close(): void {
    if (this.server.listening) this.server.close();
    for (const socket of this.early.splice(0)) socket.destroy();
  }

  /** Ends every connection. */
  async destroy(): Promise<void> {
    this.close();
    const open = [...this.open];
    await Promise.all(
      open.map((socket) => {
        const closed = new Promise((resolve) => socket.once("close", resolve));
        socket.destroy();
        return closed;
      }),
    );
  }

  private accept(socket: Socket): void {
    this.open.add(socket);
    socket.once("close", () => this.open.delete(socket));
    // A connection that breaks is its client's matter; its calls end with it.
    socket.on("error", () => undefined);
    if (this.handOver === undefined) this.early.push(socket);
    else this.handOver(socket);
  }
}

/** Counts from the first byte on, handshakes included: who has no certificate is nobody's client yet. */
function limitEach(server: Server, limit: number, log: Logger): void {
  const counts = new Map<string, number>();
  server.prependListener("connection", (socket: Socket) => {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined) return;
    const count = (counts.get(remoteAddress) ?? 0) + 1;
    counts.set(remoteAddress, count);
    socket.once("close", () => {
      const left = (counts.get(remoteAddress) ?? 1) - 1;
      if (left === 0) counts.delete(remoteAddress);
      else counts.set(remoteAddress, left);
    });
    if (count <= limit) return;
    log.warn({ peer: remoteAddress, limit }, "connection refused: too many from this client");
    socket.destroy();
  });
}

const SOCKET = { noDelay: true, keepAlive: true };

interface SecureSide {
  readonly server: TlsServer;
  context: TlsContext;
}

function makeTlsServer({ protocol, handshakeMs }: ListenerOptions, context: TlsContext): SecureSide {
  const server = createTlsServer({
    ...SOCKET,
    ...context.options,
    requestCert: context.mutual,
    rejectUnauthorized: context.mutual,
    handshakeTimeout: handshakeMs,
    ALPNProtocols: [protocol],
  });
  return { server, context };
}

function bind(server: Server, { address, access }: ListenerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void =>
      reject(new Error(`cannot listen at ${formatListenAddress(address)}: ${error.message}`));
    server.once("error", fail);
    server.once("listening", () => {
      server.off("error", fail);
      resolve();
    });
    if (address.kind === "tcp") {
      server.listen(address.port, address.host);
      return;
    }
    try {
      listenAtPath(server, address.path, access ?? {});
    } catch (error) {
      server.close();
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  });
}
