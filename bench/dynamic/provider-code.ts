import { backend } from "pulumi-opi";
import type { Bench } from "../bench";
import { each, sideBySide } from "../load/repeat";
import { digits, times, withSpread } from "../report/numbers";
import { median } from "../report/statistics";
import { PlainVolume } from "./plain-volume";
import { RequiringVolume } from "./requiring-volume";
import { runEngine } from "./run";

const RESOURCES = 200;
const ROUNDS = 2;

const volume = { blockSize: 512, blocksCount: 64 };

const variants = [
  {
    label: "pulumi-opi: code required by name",
    declare: (name: string, address: string) => new backend.NullVolume(name, { ...volume, agent: { address } }),
  },
  {
    label: "serialized by Pulumi, requiring inside functions",
    declare: (name: string, address: string) => new RequiringVolume(name, { ...volume, address }),
  },
  {
    label: "serialized by Pulumi, with what it captures",
    declare: (name: string, address: string) => new PlainVolume(name, { ...volume, address, id: name }),
  },
] as const;

export const providerCode: Bench = {
  name: "dynamic",
  question: `What does provider code in the state cost, for ${RESOURCES} dynamic resources?`,
  slow: true,
  async run(progress) {
    const results = await sideBySide(ROUNDS, variants, async ({ label, declare }, round) => {
      const run = await runEngine((address) => {
        for (let i = 0; i < RESOURCES; i++) declare(`volume-${i}`, address);
      });
      progress(`round ${round + 1} of ${ROUNDS}, ${label}: up ${digits(run.up)} s, preview ${digits(run.preview)} s`);
      return run;
    });
    const up = [...results.values()].map((runs) => median(each(runs, (run) => run.up)));
    const rows = [...results].map(([{ label }, runs], at) => [
      label,
      digits(runs[0].providerBytes / RESOURCES / 2),
      digits(runs[0].providerBytes / 1024),
      digits(runs[0].stateBytes / 1024),
      withSpread(each(runs, (run) => run.up)),
      withSpread(each(runs, (run) => run.preview)),
      times(up[at], up[0]),
    ]);
    const columns = ["provider", "bytes each", "code in state, KiB", "state, KiB", "up, s", "preview, s", "up, ratio"];
    return [{ columns, rows }];
  },
};
