import type { Server, UntypedHandleCall } from "@grpc/grpc-js";
import type { Logger } from "pino";

import type { AgentOptions, Credentials } from "../options";
import { Front } from "../server/front";
import { handler, type Method } from "../server/handler";
import { isLocal, parseListenAddress } from "../server/listen-address";
import { Listener, type ListenerOptions } from "../server/listener";
import { serviceDefinitions } from "../server/services";
import { tlsContext } from "../server/tls";
import type { SpdkCaller } from "../spdk";
import { CallObserver } from "./call-observer";
import { Health } from "./health";
import { OperationsServer } from "./http";
import { DEFAULT_LIMITS, type Limits } from "./limits";
import { Metrics, type StateSources } from "./metrics";
import { WatchedSpdk } from "./watched-spdk";
import { Work } from "./work";

/** These answer while SPDK is away: what the agent can do, and what the machine is. */
const INDEPENDENT = new Set(["opi_ext.agent.v1.CapabilitiesService", "opi_api.inventory.v1.InventoryService"]);
/** Prometheus asks on one connection, probes on one each. */
const METRICS_CONNECTIONS = 64;

/** Everything around the services: addresses, limits, health, metrics, and the order in which all of it stops. */
export class Operations {
  private readonly health = new Health(Object.keys(serviceDefinitions), INDEPENDENT);
  private readonly front: Front;
  private readonly observer: CallObserver;
  private readonly work = new Work();
  private metrics: Metrics | undefined;
  private http: OperationsServer | undefined;
  private spdk: WatchedSpdk | undefined;

  /** Opens the addresses, and nothing else yet: whoever connects waits. */
  static async open(options: AgentOptions, log: Logger): Promise<Operations> {
    const limits: Limits = { ...DEFAULT_LIMITS, ...options.limits };
    const { maxConnections, maxClientConnections, handshakeMs } = limits;
    const api = listenerOptions(options.listen, options, log);
    const metrics =
      options.metricsListen === undefined ? undefined : listenerOptions(options.metricsListen, options, log);
    const listener = await Listener.open({ ...api, protocol: "h2", maxConnections, maxClientConnections, handshakeMs });
    try {
      const metricsListener =
        metrics === undefined
          ? undefined
          : await Listener.open({ ...metrics, protocol: "http/1.1", maxConnections: METRICS_CONNECTIONS, handshakeMs });
      return new Operations(listener, metricsListener, limits, options.token, log);
    } catch (error) {
      await listener.destroy();
      throw error;
    }
  }

  private constructor(
    private readonly listener: Listener,
    private readonly metricsListener: Listener | undefined,
    private readonly limits: Limits,
    token: string | undefined,
    private readonly log: Logger,
  ) {
    this.observer = new CallObserver(log, (call) => this.metrics?.callEnded(call));
    this.front = new Front({ listener, observer: this.observer, limits, token });
  }

  get server(): Server {
    return this.front.server;
  }

  get address(): string {
    return this.listener.address;
  }

  get metricsAddress(): string | undefined {
    return this.metricsListener?.address;
  }

  get certificateEnds(): Date | undefined {
    return this.listener.certificateEnds;
  }

  /** SPDK for the services; its coming and going shows in the health from here on. */
  watch(spdk: SpdkCaller): SpdkCaller {
    this.spdk = new WatchedSpdk(spdk, {
      log: this.log,
      ended: (verb, outcome, seconds) => this.metrics?.spdkCallEnded(verb, outcome, seconds),
      changed: (reachable) => this.health.set("spdk", reachable ? undefined : "SPDK does not answer"),
    });
    return this.spdk;
  }

  /** What keeps the services from working, or undefined once it is over. */
  report(concern: string, problem: string | undefined): void {
    this.health.set(concern, problem);
  }

  /** A method as the server calls it. The agent's stop waits for it, whatever became of the call. */
  handle(name: string, method: Method): UntypedHandleCall {
    return handler(name, (request) => this.work.add(method(request)));
  }

  /** Every service is there: calls are taken from now on. */
  serve(state: StateSources): void {
    this.health.addToServer(this.server);
    this.front.serve();
    if (this.metricsListener === undefined) return;
    this.metrics = this.makeMetrics(state);
    this.http = new OperationsServer(this.metricsListener, this.health, this.metrics);
  }

  renew({ tls, token }: Credentials): void {
    // What cannot be used is found before anything changes.
    if (tls !== undefined) tlsContext(tls);
    if (token !== undefined) this.front.renewToken(token);
    if (tls === undefined) return;
    this.listener.renew(tls);
    if (this.metricsListener?.certificateEnds !== undefined) this.metricsListener.renew(tls);
  }

  /** In this order: clients are told, running calls end, then what they work with is closed; probes see it to the end. */
  async stop(closeStorage: () => Promise<void>): Promise<void> {
    this.log.info({ underWay: this.observer.underWay }, "stopping");
    const until = performance.now() + this.limits.stopMs;
    this.health.stop();
    await this.front.stop();
    const cutOff = await this.work.rest(Math.max(0, until - performance.now()));
    if (cutOff > 0) this.log.warn({ cutOff }, "calls that did not end in time are cut off");
    await this.spdk?.close();
    await closeStorage();
    await this.http?.stop();
    this.log.info("stopped");
  }

  /** After a start that failed. */
  async abandon(): Promise<void> {
    await this.spdk?.close();
    await this.listener.destroy();
    await this.metricsListener?.destroy();
  }

  private makeMetrics(state: StateSources): Metrics {
    return new Metrics({
      ...state,
      callsUnderWay: () => this.observer.underWay,
      connections: () => this.listener.connections,
      spdkReachable: () => this.spdk?.reachable ?? false,
      spdkUnderWay: () => this.spdk?.underWay ?? 0,
      certificateEnds: () => this.listener.certificateEnds,
    });
  }
}

/** What only this machine can reach may be plain; TLS is spoken wherever there is a certificate, but for local metrics. */
function listenerOptions(
  text: string,
  options: AgentOptions,
  log: Logger,
): Pick<ListenerOptions, "address" | "tls" | "access" | "log"> {
  const address = parseListenAddress(text);
  const local = isLocal(address);
  if (options.tls === undefined && !local && options.insecure !== true)
    throw new Error(
      `refused to listen at ${text} in plain text: other machines can reach it; give a certificate, listen on loopback or a unix socket, or allow it explicitly (insecure)`,
    );
  const plain = local && text === options.metricsListen;
  return { address, tls: plain ? undefined : options.tls, access: options.socket, log };
}
