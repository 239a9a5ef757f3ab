/** The main job of pulumi-opi in one sitting: a DPU's storage as code, against the embedded agent. Run `make demo`. */
import { randomBytes } from "node:crypto";
import { appendFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { closeAll, connect, typeByNoun } from "pulumi-opi/client";
import { objectsOn, startAgent } from "./agent";
import { expect, say, step, summary } from "./narrator";
import { Project } from "./pulumi";

const repository = resolve(__dirname, "../..");

const adoption = `
// Somebody made this volume by hand; from now on it is code.
export const archive = new opi.backend.NullVolume("archive", {
  resourceId: "archive",
  blockSize: 4096,
  blocksCount: 25600,
  adopt: true,
}).name;
`;

async function main(): Promise<void> {
  console.log("pulumi-opi: the storage of a DPU as code. This takes about half a minute.");
  const agent = await startAgent(join(repository, "dist/cli/main.js"));
  say(`an OPI agent with an SPDK simulator listens on ${agent.address}`);
  const project = new Project(
    join(repository, "examples/quickstart"),
    join(repository, ".demo"),
    join(repository, ".tools/bin"),
    {
      OPI_ADDRESS: agent.address,
    },
  );
  try {
    await project.pulumi(["stack", "init", "dpu"], { quiet: true });
    // By standard input: a key on the command line could be seen by every user of the machine.
    await project.pulumi(["config", "set", "--secret", "volumeKey"], {
      quiet: true,
      input: randomBytes(64).toString("hex"),
    });
    await tell(project, agent.address);
    summary();
  } finally {
    closeAll();
    await agent.stop();
    project.remove();
  }
}

async function tell(project: Project, address: string): Promise<void> {
  const dpu = connect({ address });

  await step("Preview", "What would happen. Nothing is written to the DPU.", async () => {
    await project.pulumi(["preview"]);
    expect((await objectsOn(address)).length === 0, "the DPU is still empty");
  });

  await step("Up", "The program becomes objects on the DPU: back end, middle end, front end.", async () => {
    await project.pulumi(["up", "--yes", "--skip-preview"]);
    const objects = await objectsOn(address);
    expect(objects.length === 10, "the DPU now has 10 objects:");
    objects.forEach((name) => say(`  ${name}`));
  });

  await step("Preview again", "A program that has not changed changes nothing.", () =>
    project.pulumi(["preview", "--expect-no-changes"]),
  );

  await step(
    "A change",
    "The tenant pays for more: 400 MiB a second instead of 200. The diff names the property.",
    async () => {
      await project.pulumi(["config", "set", "megabytesPerSecond", "400"]);
      await project.pulumi(["preview", "--diff"]);
      await project.pulumi(["up", "--yes", "--skip-preview"]);
    },
  );

  await step(
    "Drift",
    "Somebody changes the limit and deletes the virtio-blk device behind Pulumi's back.",
    async () => {
      const qos = typeByNoun("QosVolume");
      const [limited] = await dpu.list(qos);
      const [disk] = await dpu.list(typeByNoun("VirtioBlk"));
      await dpu.update(qos, { ...limited, limits: { max: { rwBandwidthMbs: 10n } } }, ["limits.max.rw_bandwidth_mbs"]);
      await dpu.delete(typeByNoun("VirtioBlk"), String(disk?.name));
      say("refresh finds both:");
      await project.pulumi(["refresh", "--yes", "--skip-preview", "--diff"]);
      say("up heals both:");
      await project.pulumi(["up", "--yes", "--skip-preview"]);
      expect((await dpu.list(typeByNoun("VirtioBlk"))).length === 1, "the virtio-blk device is back");
    },
  );

  await step("Adoption", "Somebody made a volume by hand. Five lines of code take it over, unharmed.", async () => {
    const volume = typeByNoun("NullVolume");
    await dpu.create(volume, { id: "archive", body: { blockSize: 4096n, blocksCount: 25600n } });
    const before = await dpu.get(volume, "nullVolumes/archive");
    appendFileSync(join(project.folder, "index.ts"), adoption);
    console.log(adoption.replace(/^/gm, "   "));
    await project.pulumi(["up", "--yes", "--skip-preview"]);
    const after = await dpu.get(volume, "nullVolumes/archive");
    expect(after.uuid === before.uuid, "it is still the same volume, by its UUID");
    await project.pulumi(["preview", "--expect-no-changes"]);
  });

  await step("Destroy", "Everything goes, in the right order.", async () => {
    await project.pulumi(["destroy", "--yes", "--skip-preview"]);
    expect((await objectsOn(address)).length === 0, "the DPU is empty");
  });
}

main().catch((error: unknown) => {
  console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
