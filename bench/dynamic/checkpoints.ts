import { backend } from "pulumi-opi";
import type { Bench } from "../bench";
import { each, sideBySide } from "../load/repeat";
import { digits, times, withSpread } from "../report/numbers";
import { median } from "../report/statistics";
import { runEngine } from "./run";

const RESOURCES = 1_000;
const ROUNDS = 1;

/** Only for measuring: without checkpoints a run that ends early forgets what it made. */
const skipped = { PULUMI_SKIP_CHECKPOINTS: "true", PULUMI_EXPERIMENTAL: "true" };

const variants = [
  { label: "none", count: 0, environment: {} },
  { label: `${RESOURCES}, without checkpoints`, count: RESOURCES, environment: skipped },
  { label: `${RESOURCES}, with checkpoints`, count: RESOURCES, environment: {} },
] as const;

export const checkpoints: Bench = {
  name: "checkpoints",
  question: `What of ${RESOURCES} resources' time is the provider's, and what the engine's state file?`,
  slow: true,
  async run(progress) {
    const results = await sideBySide(ROUNDS, variants, async ({ label, count, environment }, round) => {
      const declare = (address: string): void => {
        for (let i = 0; i < count; i++) {
          new backend.NullVolume(`volume-${i}`, { blockSize: 512, blocksCount: 64, agent: { address } });
        }
      };
      const run = await runEngine(declare, { environment, preview: false, limitSeconds: 900 });
      progress(`round ${round + 1} of ${ROUNDS}, ${label}: up ${digits(run.up)} s`);
      return run;
    });
    const up = [...results.values()].map((runs) => median(each(runs, (run) => run.up)));
    const rows = [...results].map(([{ label, count }, runs], at) => [
      label,
      withSpread(each(runs, (run) => run.up)),
      count === 0 ? "" : digits(((up[at] - up[0]) / count) * 1000),
      count === 0 ? "" : times(up[at], up[1]),
    ]);
    return [{ columns: ["resources", "up, s", "ms a resource beyond an empty run", "ratio"], rows }];
  },
};
