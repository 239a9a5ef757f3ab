import { digits, times, withSpread } from "../report/numbers";
import { median, sampleOf } from "../report/statistics";
import type { Table } from "../report/table";
import { each } from "./repeat";
import type { Throughput } from "./callers";

/** One row a variant, with the first as the measure of the others. */
export function throughputTable<T>(
  what: string,
  results: ReadonlyMap<T, readonly Throughput[]>,
  label: (variant: T) => string,
): Table {
  const rates = [...results.values()].map((runs) => median(sampleOf(runs.map((run) => run.perSecond))));
  return {
    columns: [what, "calls/s (lowest – highest)", "p50 ms", "p99 ms", "against the first"],
    rows: [...results].map(([variant, runs], at) => [
      label(variant),
      withSpread(each(runs, (run) => run.perSecond)),
      digits(median(each(runs, (run) => run.p50))),
      digits(median(each(runs, (run) => run.p99))),
      times(rates[at], rates[0]),
    ]),
  };
}
