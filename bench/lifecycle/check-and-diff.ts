import { catalogue, type ResourceType } from "../../provider/catalogue";
import type { Properties } from "../../provider/catalogue/values/property";
import { standard } from "../../provider/client/dialect";
import { check, diff } from "../../provider/lifecycle";
import { examples } from "../../tests/arbitrary/examples";
import type { Bench } from "../bench";
import { digits, withSpread } from "../report/numbers";
import { median, sampleOf, type Sample } from "../report/statistics";

const ROUNDS = 5;
const OPERATIONS = 3_000;

export const checkAndDiff: Bench = {
  name: "lifecycle",
  question: "How many inputs can be checked and compared in a second?",
  async run() {
    const types = catalogue.types.filter(({ noun, readOnly }) => !readOnly && examples[noun] !== undefined);
    const subjects = types.map((type) => subject(type, examples[type.noun]));
    const rows = subjects.map(({ type, check, diff }) => {
      const [checks, diffs] = [rate(check), rate(diff)];
      return [type.noun, withSpread(checks), micros(checks), withSpread(diffs), micros(diffs)];
    });
    return [{ columns: ["type", "checks/s", "µs each", "diffs/s", "µs each"], rows }];
  },
};

interface Subject {
  readonly type: ResourceType;
  readonly check: () => unknown;
  readonly diff: () => unknown;
}

/** Diff of equal values, as a preview that finds nothing does for every resource. */
function subject(type: ResourceType, news: Properties): Subject {
  const { inputs, failures } = check(type, { name: "bench", news });
  if (failures.length > 0) throw new Error(`the example of ${type.noun} is wrong: ${JSON.stringify(failures)}`);
  return {
    type,
    check: () => check(type, { name: "bench", olds: inputs, news }),
    diff: () => diff(type, { olds: inputs, news: inputs, dialect: standard }),
  };
}

/** Operations a second. */
function rate(operation: () => unknown): Sample {
  for (let i = 0; i < OPERATIONS; i++) operation();
  return sampleOf(
    Array.from({ length: ROUNDS }, () => {
      const started = performance.now();
      for (let i = 0; i < OPERATIONS; i++) operation();
      return OPERATIONS / ((performance.now() - started) / 1000);
    }),
  );
}

const micros = (perSecond: Sample): string => digits(1e6 / median(perSecond));
