import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

import { version } from "../../package.json";
import type { ReconcileCounts } from "../reconcile/reconciler";
import type { EndedCall } from "./call-observer";
import type { SpdkOutcome } from "./watched-spdk";

/** What the agent's state tells when somebody asks for the metrics. */
export interface StateSources {
  /** Number of objects by the full name of their message. */
  readonly objects: () => ReadonlyMap<string, number>;
  readonly reconciled: () => ReconcileCounts;
}

/** What else is looked up then. */
export interface MetricsSources extends StateSources {
  readonly callsUnderWay: () => number;
  readonly connections: () => number;
  readonly spdkReachable: () => boolean;
  readonly spdkUnderWay: () => number;
  readonly certificateEnds: () => Date | undefined;
}

/** SPDK answers in 4 to 10 ms; what attaches remote controllers can take half a minute. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const PREFIX = "pulumi_opi_agent_";

/** The agent's metrics, in Prometheus's text format. Labels come from the contract and from SPDK's verbs, never from requests. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly calls: Counter<"service" | "method" | "code">;
  private readonly callSeconds: Histogram<"service" | "method">;
  private readonly spdkCalls: Counter<"verb" | "outcome">;
  private readonly spdkSeconds: Histogram<"verb">;

  constructor(sources: MetricsSources) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.calls = new Counter({
      name: `${PREFIX}calls_total`,
      help: "gRPC calls that ended, by method and status code",
      labelNames: ["service", "method", "code"],
      registers,
    });
    this.callSeconds = new Histogram({
      name: `${PREFIX}call_duration_seconds`,
      help: "How long gRPC calls took",
      labelNames: ["service", "method"],
      buckets: BUCKETS,
      registers,
    });
    this.spdkCalls = new Counter({
      name: `${PREFIX}spdk_calls_total`,
      help: "JSON-RPC calls to SPDK that ended: ok, refused (SPDK answered with an error) or lost (no answer)",
      labelNames: ["verb", "outcome"],
      registers,
    });
    this.spdkSeconds = new Histogram({
      name: `${PREFIX}spdk_call_duration_seconds`,
      help: "How long JSON-RPC calls to SPDK took, waiting for a turn included",
      labelNames: ["verb"],
      buckets: BUCKETS,
      registers,
    });
    const gauge = (name: string, help: string, value: () => number | undefined): Gauge =>
      new Gauge({
        name: `${PREFIX}${name}`,
        help,
        registers,
        collect() {
          const now = value();
          if (now !== undefined) this.set(now);
        },
      });
    gauge("calls_under_way", "gRPC calls that have begun and not ended", sources.callsUnderWay);
    gauge("connections", "Connections of clients", sources.connections);
    gauge("spdk_reachable", "1 while SPDK answers, 0 while it does not", () => (sources.spdkReachable() ? 1 : 0));
    gauge("spdk_calls_under_way", "JSON-RPC calls at SPDK or waiting for their turn", sources.spdkUnderWay);
    gauge("tls_certificate_not_after_seconds", "When the agent's certificate ends, in seconds since 1970", () => {
      const ends = sources.certificateEnds();
      return ends === undefined ? undefined : ends.getTime() / 1000;
    });
    new Gauge({
      name: `${PREFIX}info`,
      help: "Always 1; the label tells the agent's version",
      labelNames: ["version"],
      registers,
    }).set({ version }, 1);
    new Gauge({
      name: `${PREFIX}objects`,
      help: "Objects that the agent answers for, by type",
      labelNames: ["type"],
      registers,
      collect() {
        for (const [type, count] of sources.objects()) this.set({ type }, count);
      },
    });
    new Gauge({
      name: `${PREFIX}reconciled_objects`,
      help:
        "Objects of the last comparison with SPDK: recognised, recreated, rolledBack (half made), failed, waiting " +
        "(being attached)",
      labelNames: ["result"],
      registers,
      collect() {
        for (const [result, count] of Object.entries(sources.reconciled())) this.set({ result }, Number(count));
      },
    });
  }

  readonly callEnded = ({ service, method, code, seconds }: EndedCall): void => {
    this.calls.inc({ service, method, code });
    this.callSeconds.observe({ service, method }, seconds);
  };

  readonly spdkCallEnded = (verb: string, outcome: SpdkOutcome, seconds: number): void => {
    this.spdkCalls.inc({ verb, outcome });
    this.spdkSeconds.observe({ verb }, seconds);
  };

  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}
