import { Server, ServerCredentials, type ServerInterceptor } from "@grpc/grpc-js";

import type { CallObserver } from "../operations/call-observer";
import type { Limits } from "../operations/limits";
import { TokenCheck } from "./authentication";
import { gate } from "./gate";
import type { Listener } from "./listener";
import { RateLimiter } from "./rate-limit";

export interface FrontOptions {
  readonly listener: Listener;
  readonly observer: CallObserver;
  readonly limits: Limits;
  readonly token?: string;
}

/** The gRPC server: who may call, how much, and how it stops. What it serves is added by its owner. */
export class Front {
  readonly server: Server;
  private readonly token: TokenCheck | undefined;

  constructor(private readonly options: FrontOptions) {
    const { observer, limits } = options;
    this.token = options.token === undefined ? undefined : new TokenCheck(options.token);
    const rates = new RateLimiter(limits.rates);
    // In this order: everything is seen; guessing tokens is slow; who has no token uses up nothing of the others'.
    const interceptors: ServerInterceptor[] = [
      observer.interceptor,
      gate(rates.refuseClient),
      ...(this.token === undefined ? [] : [gate(this.token.refuse)]),
      gate(rates.refuseAll),
    ];
    this.server = new Server({
      interceptors,
      "grpc.max_receive_message_length": limits.maxRequestBytes,
      "grpc.max_concurrent_streams": limits.maxStreams,
      "grpc.max_connection_idle_ms": limits.idleMs,
      "grpc.keepalive_time_ms": limits.keepaliveMs,
      "grpc.keepalive_timeout_ms": limits.keepaliveTimeoutMs,
      // It counts and keeps the addresses of all clients for a debugging service that is not offered here.
      "grpc.enable_channelz": 0,
    });
  }

  serve(): void {
    // The connections come decrypted.
    const injector = this.server.createConnectionInjector(ServerCredentials.createInsecure());
    this.options.listener.serve((socket) => injector.injectConnection(socket));
  }

  renewToken(token: string): void {
    if (this.token === undefined) throw new Error("a token cannot be asked for while the agent runs; restart it");
    this.token.renew(token);
  }

  /** Calls that are under way may end; a client that never ends one does not hold the agent up for ever. */
  async stop(): Promise<void> {
    const { listener, observer, limits } = this.options;
    listener.close();
    observer.endStreams();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, limits.stopMs);
      this.server.tryShutdown(() => {
        clearTimeout(timer);
        resolve();
      });
    });
    this.server.forceShutdown();
    await listener.destroy();
  }
}
