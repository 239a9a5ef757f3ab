import type { Bench } from "../bench";
import { throughput } from "../load/callers";
import type { Throughput } from "../load/callers";
import { each, sideBySide } from "../load/repeat";
import { digits, times, withSpread } from "../report/numbers";
import { median } from "../report/statistics";
import type { Table } from "../report/table";
import { withAgent } from "./start";
import { Volumes } from "./volumes";

const ROUNDS = 3;
/** Callers, and calls of each verb: enough for a percentile, and few where one call waits for the other. */
const LOADS = [
  { callers: 1, count: 32 },
  { callers: 16, count: 96 },
  { callers: 64, count: 192 },
] as const;
/** Objects on the agent while it lists, in pages of this size. */
const LISTED = 50;

const verbs = ["create", "get", "list", "delete"] as const;
type Verb = (typeof verbs)[number];

/** The same agent twice, each in a process of its own, with nothing different but how its calls reach SPDK. */
export const agentAtPace: Bench = {
  name: "pace",
  question:
    "What does one pipelined connection to SPDK give the agent over a connection for each call, polled every 4 ms?",
  run: (progress) =>
    withAgent(
      (pipelined) =>
        withAgent(async (separate) => {
          const [one, other] = await Promise.all([Volumes.at(pipelined), Volumes.at(separate)]);
          try {
            return await compare([one, other], progress);
          } finally {
            one.close();
            other.close();
          }
        }, "connectionEach"),
      "pipelined",
    ),
};

async function compare(
  [pipelined, separate]: readonly [Volumes, Volumes],
  progress: (step: string) => void,
): Promise<readonly Table[]> {
  const manners = [
    { manner: "a connection each", volumes: separate },
    { manner: "pipelined", volumes: pipelined },
  ];
  for (const { volumes } of manners) await throughput(LISTED, 16, (index) => volumes.create(`listed-${index}`));
  const variants = LOADS.flatMap((load) => manners.map((manner) => ({ ...load, ...manner })));
  const runs = await sideBySide(ROUNDS, variants, async ({ volumes, callers, count, manner }, round) => {
    progress(`round ${round + 1} of ${ROUNDS}: ${callers} callers, ${manner}`);
    const id = (index: number): string => `v${round}-${callers}-${index}`;
    const calls: Readonly<Record<Verb, (index: number) => Promise<unknown>>> = {
      create: (index) => volumes.create(id(index)),
      get: (index) => volumes.get(id(index)),
      list: () => volumes.list("", LISTED),
      delete: (index) => volumes.delete(id(index)),
    };
    const found: Partial<Record<Verb, Throughput>> = {};
    for (const verb of verbs) found[verb] = await throughput(count, callers, calls[verb]);
    // Every verb has been measured.
    return found as Record<Verb, Throughput>;
  });
  const rows = verbs.flatMap((verb) =>
    LOADS.map(({ callers }) => {
      const [before = [], after = []] = manners.map(({ manner }) =>
        [...runs].flatMap(([variant, found]) =>
          variant.callers === callers && variant.manner === manner ? found.map((run) => run[verb]) : [],
        ),
      );
      const what = verb === "list" ? `list, a page of ${LISTED}` : verb;
      return [what, String(callers), ...cells(before), ...cells(after), times(rate(after), rate(before))];
    }),
  );
  const columns = ["NullVolume", "callers", ...manners.flatMap(({ manner }) => [`${manner}, calls/s`, "p50, p99 ms"])];
  return [{ columns: [...columns, "gain"], rows }];
}

const rate = (runs: readonly Throughput[]): number => median(each(runs, ({ perSecond }) => perSecond));

const cells = (runs: readonly Throughput[]): readonly string[] => [
  withSpread(each(runs, ({ perSecond }) => perSecond)),
  `${digits(median(each(runs, ({ p50 }) => p50)))}, ${digits(median(each(runs, ({ p99 }) => p99)))}`,
];
