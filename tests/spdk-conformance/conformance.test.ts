import type { SpdkVersionName } from "../../agent/simulator";
import { loadRecordings, scenarioOf, type Recorded } from "./recordings";
import { replay, type Outcome } from "./replay";
import { EXCEPTIONS, isCompared, LEFT_OUT, NAMED } from "./scope";

describe.each(["24.05", "26.05"] as const)("the simulator against a real SPDK %s", (version) => {
  const recordings = loadRecordings(version);
  const excepted = new Set(
    EXCEPTIONS.filter(({ only }) => only === undefined || only === version).flatMap(({ cases }) => cases),
  );
  const verbs = [...new Set(recordings.flatMap((line) => (line.kind === "call" ? [line.method] : [])))];
  let outcomes: readonly Outcome[];

  beforeAll(async () => {
    const found: Outcome[] = [];
    for (const [scenario, lines] of byScenario(recordings)) found.push(...(await replay(version, scenario, lines)));
    outcomes = found;
    process.stdout.write(report(version, outcomes));
  });

  test.each([...verbs.filter((verb) => isCompared(verb, version)), "(bytes)", "(files)"])(
    "%s answers every recorded call as SPDK did",
    (verb) => {
      const own = outcomes.filter(({ method }) => method === verb);
      expect(own.length).toBeGreaterThan(0);
      const differences = own.filter((outcome) => outcome.difference !== undefined && !excepted.has(outcome.case));
      expect(differences).toEqual([]);
    },
  );

  test("every exception is a recorded case that indeed differs", () => {
    const differing = new Set(
      outcomes.filter(({ difference }) => difference !== undefined).map((outcome) => outcome.case),
    );
    expect([...excepted].filter((name) => !differing.has(name))).toEqual([]);
  });

  test("every recorded verb is either simulated or left out", () => {
    expect([...verbs].sort()).toEqual([...NAMED].sort());
  });

  test("a verb that is left out is refused by name", () => {
    const others = outcomes.filter(
      ({ method, difference }) => !isCompared(method, version) && difference === undefined,
    );
    // Start-up verbs are refused after initialization, simulated or not, and others before it.
    expect([...new Set(others.map(({ method }) => method))].sort()).toEqual(
      {
        "24.05": ["keyring_linux_set_options", "nvmf_set_config", "nvmf_set_max_subsystems"],
        "26.05": [
          "fsdev_set_opts",
          "keyring_linux_set_options",
          "nvmf_set_config",
          "nvmf_set_max_subsystems",
          "scheduler_set_options",
        ],
      }[version],
    );
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

function report(version: SpdkVersionName, outcomes: readonly Outcome[]): string {
  const counts = new Map<string, { agree: number; all: number }>();
  for (const { method, difference } of outcomes.filter(({ method }) => isCompared(method, version))) {
    const count = counts.get(method) ?? { agree: 0, all: 0 };
    counts.set(method, { agree: count.agree + (difference === undefined ? 1 : 0), all: count.all + 1 });
  }
  const lines = [...counts].map(([method, { agree, all }]) => `  ${method}: ${agree} of ${all}`);
  const agree = [...counts.values()].reduce((sum, count) => sum + count.agree, 0);
  const all = [...counts.values()].reduce((sum, count) => sum + count.all, 0);
  const left = LEFT_OUT.filter((verb) => !isCompared(verb, version)).length;
  return `calls to a real SPDK ${version} with the same answer, by verb:\n${lines.join("\n")}\n  together: ${agree} of ${all}, and ${left} verbs left out\n`;
}
