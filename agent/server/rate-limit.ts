import { Metadata } from "@grpc/grpc-js";

import { Code } from "../aip/status";
import type { RateLimits } from "../operations/limits";
import type { Arrival, Refusal } from "./gate";
import { retryDetails } from "./retry-details";
import { TokenBucket, type Rate } from "./token-bucket";

/** Clients whose rates are remembered at one time; one that was forgotten begins with a full burst again. */
const REMEMBERED = 1024;

type Effort = "reads" | "writes";

/** AIP-131 to AIP-135: these verbs change nothing; what calls itself otherwise may. */
function effortOf(path: string): Effort {
  return /\/(Get|List|Stats|ServerReflection)/.test(path) ? "reads" : "writes";
}

/** Health checks always pass: a busy agent is not an ill one. */
function isExempt(path: string): boolean {
  return path.startsWith("/grpc.health.v1.Health/");
}

/** Rates of calls: of each client, and of all together. */
export class RateLimiter {
  private readonly all = new Map<Effort, TokenBucket>();
  private readonly clients = new Map<string, TokenBucket>();

  constructor(
    private readonly limits: RateLimits,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Asked before the token is, so that nobody can try tokens quickly. */
  readonly refuseClient = ({ path, client }: Arrival): Refusal | undefined => {
    const effort = effortOf(path);
    const rate = effort === "reads" ? this.limits.clientReads : this.limits.clientWrites;
    if (rate === undefined || isExempt(path)) return undefined;
    const key = `${effort} ${client}`;
    const bucket = this.clients.get(key) ?? new TokenBucket(rate, this.now());
    // The last in the map is the one that called last, the first the one to forget.
    this.clients.delete(key);
    this.clients.set(key, bucket);
    const [oldest] = this.clients.keys();
    if (this.clients.size > REMEMBERED && oldest !== undefined) this.clients.delete(oldest);
    return this.take(bucket, `this client (${client}) may make ${rate.perSecond} ${effort} a second`);
  };

  /** Asked after the token is: who has none cannot use up what the others need. */
  readonly refuseAll = ({ path }: Arrival): Refusal | undefined => {
    const effort = effortOf(path);
    const rate: Rate | undefined = effort === "reads" ? this.limits.reads : this.limits.writes;
    if (rate === undefined || isExempt(path)) return undefined;
    const bucket = this.all.get(effort) ?? new TokenBucket(rate, this.now());
    this.all.set(effort, bucket);
    return this.take(bucket, `this agent takes ${rate.perSecond} ${effort} a second`);
  };

  private take(bucket: TokenBucket, rule: string): Refusal | undefined {
    const taken = bucket.take(this.now());
    if (taken.passed) return undefined;
    const details = `too many calls: ${rule}; nothing was done, try again in ${taken.waitMs} ms`;
    const metadata = new Metadata();
    // gRFC A6: clients with a retry policy wait that long instead of their own backoff.
    metadata.set("grpc-retry-pushback-ms", String(taken.waitMs));
    metadata.set("grpc-status-details-bin", retryDetails(Code.RESOURCE_EXHAUSTED, details, taken.waitMs));
    return { code: Code.RESOURCE_EXHAUSTED, details, metadata };
  }
}
