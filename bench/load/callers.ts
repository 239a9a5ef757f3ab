import { quantile, sampleOf } from "../report/statistics";

/** What a number of callers, each with one call under way, got out of a server. */
export interface Throughput {
  readonly perSecond: number;
  /** Milliseconds that one call took. */
  readonly p50: number;
  readonly p99: number;
}

/** Makes `count` calls, `callers` of them at a time. */
export async function throughput(
  count: number,
  callers: number,
  call: (index: number) => Promise<unknown>,
): Promise<Throughput> {
  const latencies = new Float64Array(count);
  let next = 0;
  const caller = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      const started = performance.now();
      await call(index);
      latencies[index] = performance.now() - started;
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: callers }, caller));
  const seconds = (performance.now() - started) / 1000;
  const sample = sampleOf([...latencies]);
  return { perSecond: count / seconds, p50: quantile(sample, 0.5), p99: quantile(sample, 0.99) };
}
