import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { runCli } from "../engine/cli";
import { withProject, type Project } from "../engine/project";
import type { StackState } from "../engine/state";
import { startTestAgent, type TestAgent } from "./agent";

const limit = 120_000;
let dpu: TestAgent;
let onCreate: () => Promise<void> | void;
beforeEach(async () => {
  onCreate = () => undefined;
  dpu = await startTestAgent({
    beforeSpdk: (method) => (method === "bdev_null_create" ? onCreate() : undefined),
  });
});
afterEach(() => dpu.stop());

/** A program folder with that many volumes, run as a user runs it. */
const manyVolumes = (count: number): Readonly<Record<string, string>> => ({
  "Pulumi.yaml": "name: many\nruntime: nodejs\n",
  "package.json": JSON.stringify({ name: "many", version: "0.0.1", main: "index.js" }),
  "index.js": `
    const opi = require("pulumi-opi");
    for (let n = 0; n < ${count}; n++) new opi.backend.NullVolume("volume-" + n, { blockSize: 512, blocksCount: 2048 });
  `,
});

const withVolumes = <T>(count: number, use: (project: Project) => Promise<T>): Promise<T> =>
  withProject(manyVolumes(count), { environment: { OPI_ADDRESS: dpu.address } }, async (project) => {
    expect(await project.pulumi("stack", "init", "dev")).toMatchObject({ code: 0 });
    return use(project);
  });

/** Ids of all volumes in the state. */
function idsIn({ stateFolder }: Project): readonly string[] {
  const text = readFileSync(join(stateFolder, ".pulumi", "stacks", "many", "dev.json"), "utf8");
  // What this CLI wrote.
  const { latest } = (JSON.parse(text) as StackState).checkpoint;
  expect(latest?.pending_operations ?? []).toEqual([]);
  return (latest?.resources ?? [])
    .filter(({ type }) => type.endsWith(":NullVolume"))
    .map(({ id = "" }) => id)
    .sort();
}

test(
  "many resources at once are made and deleted, each once",
  async () => {
    await withVolumes(120, async (project) => {
      expect(await project.pulumi("up", "--yes", "--skip-preview", "--parallel", "64")).toMatchObject({ code: 0 });
      const made = await dpu.objects();
      expect(made).toHaveLength(120);
      expect(idsIn(project)).toEqual(made);
      expect(await project.pulumi("preview", "--expect-no-changes", "--parallel", "64")).toMatchObject({ code: 0 });
      expect(await project.pulumi("destroy", "--yes", "--skip-preview", "--parallel", "64")).toMatchObject({ code: 0 });
      expect(await dpu.objects()).toEqual([]);
    });
  },
  limit,
);

test(
  "two engines at once on one agent each make, and each delete, what is theirs",
  async () => {
    await withVolumes(20, (one) =>
      withVolumes(20, async (other) => {
        const both = (...args: readonly string[]): Promise<unknown> =>
          Promise.all(
            [one, other].map(async (project) => {
              expect(await project.pulumi(...args, "--yes", "--skip-preview")).toMatchObject({ code: 0 });
            }),
          );
        await both("up");
        expect([...idsIn(one), ...idsIn(other)].sort()).toEqual(await dpu.objects());
        expect(await one.pulumi("destroy", "--yes", "--skip-preview")).toMatchObject({ code: 0 });
        expect(await dpu.objects()).toEqual(idsIn(other));
        await both("destroy");
        expect(await dpu.objects()).toEqual([]);
      }),
    );
  },
  limit,
);

test(
  "Ctrl-C in the middle of an up leaves a state that knows every object, and the next up goes on from there",
  async () => {
    await withVolumes(24, async (project) => {
      const ctrlC = new AbortController();
      let begun = 0;
      onCreate = async () => {
        begun += 1;
        if (begun === 6) ctrlC.abort();
        await pause(50);
      };
      const args = ["up", "--yes", "--skip-preview", "--parallel", "4"];
      const { environment, folder } = project;
      const up = await runCli(args, { cwd: folder, environment, interrupt: ctrlC.signal });
      expect(up.code).not.toBe(0);
      const made = await dpu.objects();
      expect(made.length).toBeGreaterThan(0);
      expect(made.length).toBeLessThan(24);
      expect(idsIn(project)).toEqual(made);

      onCreate = () => undefined;
      expect(await project.pulumi(...args)).toMatchObject({ code: 0 });
      expect(await dpu.objects()).toEqual(expect.arrayContaining([...made]));
      expect(await dpu.objects()).toHaveLength(24);
      expect(await project.pulumi("destroy", "--yes", "--skip-preview")).toMatchObject({ code: 0 });
      expect(await dpu.objects()).toEqual([]);
    });
  },
  limit,
);
