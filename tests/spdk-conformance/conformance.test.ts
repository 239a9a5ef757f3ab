import { loadRecordings, scenarioOf, type Recorded } from "./recordings";
import { replay, type Outcome } from "./replay";
import { COMPARED, EXCEPTIONS, LEFT_OUT, UNKNOWN_TO_24_05 } from "./scope";

describe("the simulator against a real SPDK 24.05", () => {
  const excepted = new Set(EXCEPTIONS.flatMap(({ cases }) => cases));
  const recordings = loadRecordings();
  let outcomes: readonly Outcome[];

  beforeAll(async () => {
    const found: Outcome[] = [];
    for (const [scenario, lines] of byScenario(recordings)) found.push(...(await replay(scenario, lines)));
    outcomes = found;
    process.stdout.write(report(outcomes));
  });

  const verbs = [...COMPARED, ...UNKNOWN_TO_24_05, "(bytes)", "(files)"];

  test.each(verbs)("%s answers every recorded call as SPDK did", (verb) => {
    const own = outcomes.filter(({ method }) => method === verb);
    expect(own.length).toBeGreaterThan(0);
    const differences = own.filter((outcome) => outcome.difference !== undefined && !excepted.has(outcome.case));
    expect(differences).toEqual([]);
  });

  test("every exception is a recorded case that indeed differs", () => {
    const differing = new Set(
      outcomes.filter(({ difference }) => difference !== undefined).map((outcome) => outcome.case),
    );
    expect([...excepted].filter((name) => !differing.has(name))).toEqual([]);
  });

  test("every recorded verb is either compared or left out", () => {
    const recorded = new Set(recordings.flatMap((line) => (line.kind === "call" ? [line.method] : [])));
    expect([...COMPARED, ...UNKNOWN_TO_24_05, ...LEFT_OUT].sort()).toEqual([...recorded].sort());
  });

  test("a verb that is left out is refused by name", () => {
    const others = outcomes.filter(({ method, difference }) => LEFT_OUT.includes(method) && difference === undefined);
    // Start-up verbs are refused after initialization, simulated or not.
    expect([...new Set(others.map(({ method }) => method))].sort()).toEqual([
      "keyring_linux_set_options",
      "nvmf_set_config",
      "nvmf_set_max_subsystems",
    ]);
  });
});

function byScenario(lines: readonly Recorded[]): ReadonlyMap<string, readonly Recorded[]> {
  const scenarios = new Map<string, Recorded[]>();
  for (const line of lines) {
    const name = scenarioOf(line.case);
    scenarios.set(name, [...(scenarios.get(name) ?? []), line]);
  }
  return scenarios;
}

function report(outcomes: readonly Outcome[]): string {
  const counts = new Map<string, { agree: number; all: number }>();
  for (const { method, difference } of outcomes.filter(({ method }) => !LEFT_OUT.includes(method))) {
    const count = counts.get(method) ?? { agree: 0, all: 0 };
    counts.set(method, { agree: count.agree + (difference === undefined ? 1 : 0), all: count.all + 1 });
  }
  const lines = [...counts].map(([method, { agree, all }]) => `  ${method}: ${agree} of ${all}`);
  const agree = [...counts.values()].reduce((sum, count) => sum + count.agree, 0);
  const all = [...counts.values()].reduce((sum, count) => sum + count.all, 0);
  return `recorded calls with the same answer, by verb:\n${lines.join("\n")}\n  together: ${agree} of ${all}\n`;
}
