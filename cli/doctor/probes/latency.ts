import { status } from "@grpc/grpc-js";
import type { Method } from "../../../provider/catalogue";
import type { WireMessage } from "../../../provider/catalogue/values/wire";
import type { Probe } from "../../../provider/client/probe";
import { call, methodOf } from "./call";

/** How long some reads took, one after the other, in milliseconds. */
export interface Latency {
  readonly method: string;
  /** What was asked for; absent for lists. */
  readonly object?: string;
  readonly calls: number;
  readonly p50: number;
  readonly p99: number;
  readonly slowest: number;
}

const MOST_CALLS = 200;
const LONGEST_MS = 2_000;

/** Repeats one read until it has been made often enough, or for long enough. @throws AgentGone */
export async function measure(probe: Probe, method: Method, request: WireMessage): Promise<Latency> {
  const times: number[] = [];
  const until = performance.now() + LONGEST_MS;
  do {
    const outcome = await call(probe, method, request);
    // An agent that limits rates has had enough of them.
    if (outcome.kind === "error" && outcome.code === status.RESOURCE_EXHAUSTED) break;
    times.push(outcome.milliseconds);
  } while (times.length < MOST_CALLS && performance.now() < until);
  times.sort((a, b) => a - b);
  const object = typeof request.name === "string" ? { object: request.name } : {};
  return {
    method: methodOf(method.rpc),
    ...object,
    calls: times.length,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    slowest: quantile(times, 1),
  };
}

/** Nearest rank. */
function quantile(sorted: readonly number[], part: number): number {
  const at = Math.min(sorted.length, Math.max(1, Math.ceil(sorted.length * part)));
  return Number((sorted[at - 1] ?? 0).toFixed(3));
}
