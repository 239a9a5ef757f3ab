import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestAgent, type TestAgent } from "../dynamic/agent";
import { messagesOf } from "../dynamic/diagnostics";
import { withStack, type Stack } from "../engine/stack";
import { OpiResource, withPlugin } from "./plugin";

let agent: TestAgent;
let folder: string;
let file: string;
beforeEach(async () => {
  agent = await startTestAgent();
  folder = mkdtempSync(join(tmpdir(), "named-"));
  file = join(folder, "disk");
  writeFileSync(file, Buffer.alloc(64 * 512));
});
afterEach(async () => {
  await agent.stop();
  rmSync(folder, { recursive: true, force: true });
});

const volume = (name: string, args: object = {}): OpiResource =>
  new OpiResource("MallocVolume", name, { blockSize: 512, blocksCount: 64, ...args });

/** A stack with the project's naming rules, as `pulumi:autonaming` of Pulumi's configuration has them. */
const withRules = <T>(rules: object | undefined, program: () => void, use: (stack: Stack) => Promise<T>): Promise<T> =>
  withStack(
    async () => program(),
    withPlugin(agent.address, { config: rules === undefined ? {} : { "pulumi:autonaming": rules } }),
    use,
  );

/** The rule of each type of this package, beside Pulumi's default for the others. */
const byType = (rules: Readonly<Record<string, object>>): object => ({
  mode: "default",
  providers: { opi: { resources: rules } },
});

test("ids are made as the project's rules say: with a random suffix, verbatim, or by a pattern that is proposed or enforced", async () => {
  const rules = byType({
    "opi:backend:AioVolume": { mode: "verbatim" },
    "opi:backend:MallocVolume": { pattern: "${project}-${stack}-${name}-${num(4)}" },
    "opi:frontend:NvmeSubsystem": { pattern: "rack7-${name}", enforce: true },
    "opi:frontend:VirtioScsiTarget": { pattern: "My_${name}" },
  });
  const program = (): void => {
    const size = { blockSize: 512, blocksCount: 64 };
    new OpiResource("NullVolume", "default", size);
    new OpiResource("AioVolume", "verbatim", { ...size, filename: file });
    new OpiResource("MallocVolume", "proposed", size);
    new OpiResource("NvmeSubsystem", "enforced", { nqn: "nqn.2014-08.org.example:enforced" });
    new OpiResource("VirtioScsiTarget", "formed", {});
  };
  await withRules(rules, program, async (stack) => {
    await stack.up();
    expect(await agent.objects()).toEqual([
      "aioVolumes/verbatim",
      expect.stringMatching(/^mallocVolumes\/opi-tests-dev-proposed-\d{4}$/),
      expect.stringMatching(/^nullVolumes\/default-[0-9a-f]{7}$/),
      "nvmeSubsystems/rack7-enforced",
      // What is proposed and is no OPI id is brought into the form of one.
      expect.stringMatching(/^virtioScsiTargets\/my-formed-[0-9a-f]{7}$/),
    ]);
    expect((await stack.preview()).changes).toEqual({});
    await stack.destroy();
  });
}, 60_000);

test("an enforced name that is no OPI id is refused, with the rule's name", async () => {
  for (const rules of [{ pattern: "My_${name}", enforce: true }, { mode: "verbatim" }] as const) {
    const name = "mode" in rules ? "My_disk" : "disk";
    const refused = await withRules(
      rules,
      () => volume(name),
      (stack) => stack.preview({ fails: true }),
    );
    const said = messagesOf(refused, "error").join("\n");
    expect(said).toContain("pulumi:autonaming");
    expect(said).toContain('"My_disk"');
    expect(said).toContain("expected lower-case letters, digits and hyphens");
  }
}, 60_000);

test("without automatic names a resource without an id is refused, and one with an id is not asked about", async () => {
  await withRules(
    { mode: "disabled" },
    () => volume("disk"),
    async (stack) => {
      const said = messagesOf(await stack.preview({ fails: true }), "error").join("\n");
      expect(said).toContain("property resourceId");
      expect(said).toContain("the project's naming rules (pulumi:autonaming) forbid making one up");
      stack.program = async () => void volume("disk", { resourceId: "own-disk" });
      await stack.up();
      expect(await agent.objects()).toEqual(["mallocVolumes/own-disk"]);
      await stack.destroy();
    },
  );
}, 60_000);

test("a replacement makes room first where its name has nothing random, and comes first where it has", async () => {
  const replaced = (rules: object) =>
    withRules(
      rules,
      () => volume("disk"),
      async (stack) => {
        await stack.up();
        const [before = ""] = await agent.objects();
        stack.program = async () => void volume("disk", { blockSize: 4096 });
        const { changes } = await stack.up();
        const [after = ""] = await agent.objects();
        await stack.destroy();
        return { order: changes.disk, isSameId: before === after };
      },
    );
  const deleteFirst = ["delete-replaced", "replace", "create-replacement"];
  expect(await replaced({ mode: "verbatim" })).toEqual({ order: deleteFirst, isSameId: true });
  const random = { pattern: "${name}-${hex(8)}" };
  expect(await replaced(random)).toEqual({ order: deleteFirst.toReversed(), isSameId: false });
}, 60_000);
