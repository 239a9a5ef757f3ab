import { startTestAgent } from "../dynamic/agent";
import { withProject, type Project } from "../engine/project";
import { manyVolumes } from "./many-volumes";
import { startOneWriterAgent } from "./one-writer";

/** Runs both programs at once, each by an engine and a plugin of its own. */
async function withBoth(
  address: string,
  count: number,
  use: (both: (...args: readonly string[]) => Promise<void>) => Promise<void>,
): Promise<void> {
  const environment = { OPI_ADDRESS: address };
  const each = (name: string, then: (project: Project) => Promise<void>): Promise<void> =>
    withProject(manyVolumes(name, count), { environment }, then);
  await each("east", (east) =>
    each("west", async (west) => {
      const both = async (...args: readonly string[]): Promise<void> => {
        const results = await Promise.all([east, west].map((project) => project.pulumi(...args)));
        for (const { code, stdout, stderr } of results) {
          expect({ code, said: code === 0 ? "" : stdout + stderr }).toEqual({ code: 0, said: "" });
        }
      };
      await both("stack", "init", "dev");
      await use(both);
    }),
  );
}

const COUNT = 12;
const ofBoth = (names: readonly string[]): readonly string[] =>
  names.map((name) => name.replace(/^.*\/|-[0-9a-f]{7}$/g, "")).sort();
const expected = ["east", "west"].flatMap((name) => Array.from({ length: COUNT }, (_, n) => `${name}-${n}`)).sort();

test("two programs at once write to a one-writer agent in turns, across their processes", async () => {
  const agent = await startOneWriterAgent();
  try {
    await withBoth(agent.address, COUNT, async (both) => {
      await both("up", "--yes", "--skip-preview");
      expect(agent.overlaps).toEqual([]);
      expect(ofBoth([...agent.objects.keys()])).toEqual(expected);
      await both("destroy", "--yes", "--skip-preview");
      expect(agent.overlaps).toEqual([]);
      expect(agent.objects.size).toBe(0);
    });
  } finally {
    await agent.stop();
  }
}, 60_000);

test("two programs at once on our agent each find all of theirs made, and nothing to do afterwards", async () => {
  const agent = await startTestAgent();
  try {
    await withBoth(agent.address, COUNT, async (both) => {
      await both("up", "--yes", "--skip-preview");
      expect(ofBoth(await agent.objects())).toEqual(expected);
      await both("preview", "--expect-no-changes");
      await both("destroy", "--yes", "--skip-preview");
      expect(await agent.objects()).toEqual([]);
    });
  } finally {
    await agent.stop();
  }
}, 60_000);
