import { setTimeout as pause } from "node:timers/promises";
import { startTestAgent } from "../dynamic/agent";
import { runCli } from "../engine/cli";
import { withProject } from "../engine/project";
import { manyVolumes, volumesInState } from "./many-volumes";

const COUNT = 24;

test("Ctrl-C in the middle of an up ends with a state that knows every object, and the next up makes the rest", async () => {
  let onCreate: () => Promise<void> | void = () => undefined;
  const agent = await startTestAgent({
    beforeSpdk: (method) => (method === "bdev_null_create" ? onCreate() : undefined),
  });
  try {
    await withProject(manyVolumes("many", COUNT), { environment: { OPI_ADDRESS: agent.address } }, async (project) => {
      expect(await project.pulumi("stack", "init", "dev")).toMatchObject({ code: 0 });
      const ctrlC = new AbortController();
      let begun = 0;
      onCreate = async () => {
        begun += 1;
        if (begun === 6) ctrlC.abort();
        await pause(50);
      };
      const up = ["up", "--yes", "--skip-preview", "--parallel", "4"];
      const { environment, folder } = project;
      const cut = await runCli(up, { cwd: folder, environment, interrupt: ctrlC.signal });
      expect(cut.code).not.toBe(0);
      // What SPDK had begun when the call was given up, the agent undoes or ends a moment later.
      const made = await settled(agent.objects);
      expect(made.length).toBeGreaterThan(0);
      expect(made.length).toBeLessThan(COUNT);
      expect(volumesInState(project, "many")).toEqual(expect.arrayContaining([...made]));

      onCreate = () => undefined;
      expect(await project.pulumi(...up)).toMatchObject({ code: 0 });
      expect(volumesInState(project, "many")).toEqual(await agent.objects());
      expect(await agent.objects()).toHaveLength(COUNT);
      expect(await project.pulumi("destroy", "--yes", "--skip-preview")).toMatchObject({ code: 0 });
      expect(await agent.objects()).toEqual([]);
    });
  } finally {
    await agent.stop();
  }
}, 60_000);

/** The objects, once they are the same twice. */
async function settled(objects: () => Promise<readonly string[]>): Promise<readonly string[]> {
  for (let before = await objects(); ;) {
    await pause(100);
    const now = await objects();
    if (now.join() === before.join()) return now;
    before = now;
  }
}
