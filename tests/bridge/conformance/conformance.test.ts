import { EXCEPTIONS } from "./exceptions";
import { groupOf, loadRecording } from "./recording";
import type { Recorded } from "./recording";
import { replay, type Outcome } from "./replay";

/** What the model says of itself is worth as much as this: it answers what the real bridge answered, in order. */
const lines = loadRecording();
const groups = new Map<string, Recorded[]>();
for (const line of lines) groups.set(groupOf(line.case), [...(groups.get(groupOf(line.case)) ?? []), line]);

const excepted = new Set(EXCEPTIONS.flatMap(({ cases }) => cases));
const outcomes: Outcome[] = [];

test.each([...groups.keys()].filter((group) => groups.get(group)?.some(({ kind }) => kind === "call")))(
  "the model answers as recorded: %s",
  async (group) => {
    const replayed = await replay(group, groups.get(group) ?? []);
    outcomes.push(...replayed);
    const differing = replayed.filter(({ difference }) => difference !== undefined);
    expect(differing.filter((outcome) => !excepted.has(outcome.case))).toEqual([]);
    // What agrees is no exception any more.
    const agreeing = new Set(replayed.filter(({ difference }) => difference === undefined).map((each) => each.case));
    expect([...excepted].filter((name) => agreeing.has(name))).toEqual([]);
  },
);

test("every recorded call is compared, and what is left out is counted", () => {
  const leftOut = new Map<string, number>();
  for (const line of lines) if (line.kind === "left out") leftOut.set(line.what, (leftOut.get(line.what) ?? 0) + 1);
  const calls = lines.filter(({ kind }) => kind === "call").length;
  const events = lines.filter(({ kind }) => kind === "event").length;
  expect(outcomes).toHaveLength(calls);
  process.stdout.write(report(outcomes, leftOut));
  expect(lines).toHaveLength(calls + events + [...leftOut.values()].reduce((sum, count) => sum + count, 0));
});

function report(all: readonly Outcome[], leftOut: ReadonlyMap<string, number>): string {
  const agree = (some: readonly Outcome[]): string =>
    `${some.filter(({ difference }) => difference === undefined).length} of ${some.length} agree`;
  const methods = [...new Set(all.map(({ method }) => method))].sort();
  return [
    "Bridge conformance, recorded calls that the model answers as the real bridge did:",
    ...methods.map((method) => `  ${method}: ${agree(all.filter((each) => each.method === method))}`),
    `  all: ${agree(all)}`,
    "Known to differ:",
    ...EXCEPTIONS.map(({ cases, why }) => `  ${cases.join(", ")}: ${why}`),
    "Left out:",
    ...[...leftOut].map(([what, count]) => `  ${count} lines: ${what}`),
    "",
  ].join("\n");
}
