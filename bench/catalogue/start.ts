import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import type { Bench } from "../bench";
import { each, sideBySide } from "../load/repeat";
import { digits, times, withSpread } from "../report/numbers";
import { median } from "../report/statistics";

const ROUNDS = 9;
const built = resolve(__dirname, "../../dist/provider");

/** Run by a Node of its own each time: what counts is a process that has loaded nothing yet, as a provider's has not. */
const variants = [
  { label: "generated module", work: `require(${JSON.stringify(`${built}/catalogue/generated/catalogue.js`)})` },
  {
    label: "built from the descriptor set",
    work: [
      `const { buildCatalogue } = require(${JSON.stringify(`${built}/catalogue/builder.js`)})`,
      `buildCatalogue(require("node:fs").readFileSync(${JSON.stringify(`${built}/wire/descriptors.binpb`)}))`,
    ].join(";"),
  },
] as const;

interface Start {
  readonly milliseconds: number;
  readonly megabytes: number;
}

export const catalogueStart: Bench = {
  name: "catalogue",
  question: "Why is the catalogue generated, and not built from the descriptors at start?",
  async run() {
    const results = await sideBySide(ROUNDS, variants, async ({ work }) => start(work));
    const medians = [...results.values()].map((runs) => median(each(runs, (run) => run.milliseconds)));
    const rows = [...results].map(([{ label }, runs], at) => [
      label,
      withSpread(each(runs, (run) => run.milliseconds)),
      digits(median(each(runs, (run) => run.megabytes))),
      times(medians[at], medians[0]),
    ]);
    return [{ columns: ["catalogue", "ms (lowest – highest)", "memory taken, MB", "ratio"], rows }];
  },
};

/** Time and memory that the work adds to a process, Node's own start left out. */
function start(work: string): Start {
  const program = `const before = process.memoryUsage().rss, started = performance.now(); ${work};
    const milliseconds = performance.now() - started;
    console.log(JSON.stringify({ milliseconds, megabytes: (process.memoryUsage().rss - before) / 1e6 }));`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-e", program], { encoding: "utf8" });
  if (status !== 0) throw new Error(`a start failed; has \`npm run build\` been run?\n${stderr}`);
  // What the program above prints.
  return JSON.parse(stdout) as Start;
}
