import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDpu } from "../bridge/dpu";
import type { Dpu } from "../bridge/dpu";
import { withStack } from "../engine/stack";
import { withPlugin } from "../plugin/plugin";
import { fill } from "./bridge-objects";
import { discover } from "./command";
import type { Said } from "./command";
import { parsed, troubles } from "../schema/yaml-program";

/** The model of the reference bridge, which is held to every recorded call (tests/bridge). */
let dpu: Dpu;
let folder: string;
let found: Said;

interface Import {
  readonly resources: readonly { readonly type: string; readonly name: string; readonly id: string }[];
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "opi-discover-"));
  dpu = await startDpu();
  await fill(dpu);
  found = await discover(["--agent", dpu.address]);
}, 60_000);
afterAll(async () => {
  await dpu.stop();
  rmSync(folder, { recursive: true, force: true });
});

const ids = ["malloc-1", "null-1", "crypt-1", "qos-one", "blkdev-1", "scsi-1"].map((id) => `volumes/${id}`);

test("everything that has a name is in the import file once, as what it is, though lists of six kinds show it", () => {
  expect(found.code).toBe(0);
  const { resources } = JSON.parse(found.stdout) as Import;
  expect(resources.map(({ id }) => id).sort()).toEqual([...ids, "nvmeRemoteControllers/remote-1"].sort());
  const type = (name: string) => resources.find((each) => each.name === name)?.type;
  expect(type("null-1")).toBe("opi:backend:NullVolume");
  expect(type("crypt-1")).toBe("opi:middleend:EncryptedVolume");
  expect(type("blkdev-1")).toBe("opi:frontend:VirtioBlk");
  expect(type("scsi-1")).toBe("opi:frontend:VirtioScsiController");
});

test("what has no name is told with what is known of it", () => {
  expect(found.stderr).toMatch(
    /NvmeSubsystem number \d of the list \(nqn "nqn\.2014-08\.org\.example:disk-1"\): the agent/,
  );
  expect(found.stderr).toContain("so that nothing below it can be found either");
  expect(found.stderr).toMatch(/VirtioScsiLun number 1 of the list.*without a name/);
  expect(found.stderr).toContain("VirtioScsiTarget (all): The reference bridge has no virtio-scsi targets");
});

test("names that only people know are taken along, with what is below them, and nothing more is missed there", async () => {
  const known = ["nvmeSubsystems/tenant-1", "nvmeSubsystems/tenant-1/nvmeNamespaces/name-1", "nvmeSubsystems/none"];
  const said = await discover(["--agent", dpu.address, "--also", ...known]);
  expect(said.code).toBe(0);
  const { resources } = JSON.parse(said.stdout) as Import;
  expect(resources.filter(({ id }) => id.startsWith("nvmeSubsystems/"))).toMatchObject([
    { type: "opi:frontend:NvmeSubsystem", id: known[0] },
    { type: "opi:frontend:NvmeNamespace", id: known[1], parent: "tenant-1" },
  ]);
  expect(said.stderr).not.toContain("org.example:disk-1");
  expect(said.stderr).toContain("NvmeSubsystem nvmeSubsystems/none: the agent finds none");
});

test("the YAML program refers to what it stands on, and lacks nothing but what its comments ask for", async () => {
  const { stdout } = await discover(["--agent", dpu.address, "--program", "yaml"]);
  const program = parsed(stdout);
  expect(program.resources.qosOne?.properties.volumeNameRef).toBe("${null1.name}");
  const missing = troubles(program);
  expect(missing.length).toBeGreaterThan(0);
  for (const trouble of missing) {
    const property = /^\w+\.(\w+) is missing$/.exec(trouble)?.[1];
    expect(stdout).toContain(`# Add ${property ?? trouble}: the agent does not tell it.`);
  }
});

test("of a group of which nothing is told, a comment names the group, not each of its parts", async () => {
  const { stdout } = await discover(["--agent", dpu.address, "--program", "ts"]);
  expect(stdout).toContain("// Add pcieId: the agent does not tell it.");
  expect(stdout).toContain("// Add maxLimit if it is set: the agent does not tell it.");
  expect(stdout).not.toContain("maxLimit.");
});

test("pulumi import takes the file as it is", async () => {
  const file = join(folder, "import.json");
  writeFileSync(file, found.stdout);
  await withStack(
    () => Promise.resolve(),
    withPlugin(dpu.address),
    async (stack) => {
      const options = ["--yes", "--protect=false", "--generate-code=false", "--skip-preview"];
      expect(await stack.pulumi("import", "--file", file, ...options)).toMatchObject({ code: 0 });
      const imported = (stack.state().checkpoint.latest?.resources ?? []).filter(({ type }) => type.startsWith("opi:"));
      expect(imported.map(({ id }) => id).sort()).toEqual([...ids, "nvmeRemoteControllers/remote-1"].sort());
    },
  );
}, 120_000);
