import type { OpType } from "@pulumi/pulumi/automation";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { typeByNoun } from "../../../provider/catalogue";
import { valueAt, type Properties, type PropertyValue } from "../../../provider/catalogue/values/property";
import { inputFields, leaves } from "../../../provider/lifecycle/fields";
import type { Outcome } from "../../engine/outcome";
import { withStack, type Stack } from "../../engine/stack";
import { startTestAgent, type TestAgent, type TestAgentOptions } from "../agent";
import { valuesOf, type Surroundings, type TypeCase } from "./case";
import { create, filesIn, instancesOf, programOf, surroundings, withValues, type Instance } from "./instances";

const limitMilliseconds = 90_000;

/** Adds the tests of each row's type: its whole life, and what its agent cannot do. */
export function describeLives(rows: readonly TypeCase[], options: TestAgentOptions = {}): void {
  let agent: TestAgent;
  let folder: string;
  beforeEach(async () => {
    agent = await startTestAgent(options);
    folder = mkdtempSync(join(tmpdir(), "files-"));
  });
  afterEach(async () => {
    await agent.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(rows)(
    "$noun lives: created, read, changed in each way, found drifted and gone, healed, destroyed",
    (row) => live(row, agent, folder),
    limitMilliseconds,
  );

  for (const row of rows.filter(({ refused }) => refused !== undefined)) {
    const name = `${row.noun} is refused at preview with what SPDK cannot do`;
    const preview = async (): Promise<void> => {
      const plan = await withStack(refusedProgram(row, agent.address, folder), {}, (stack) =>
        stack.preview({ fails: true }),
      );
      const said = plan.diagnostics.map(({ message }) => message).join("\n");
      for (const [path, reason] of Object.entries(row.refusals ?? {})) {
        expect(said).toContain(path);
        expect(said).toContain(reason);
      }
      expect(await agent.objects()).toEqual([]);
    };
    test(name, preview, limitMilliseconds);
  }
}

async function live(row: TypeCase, agent: TestAgent, folder: string): Promise<void> {
  const instances = instancesOf(row);
  const program = (changed: boolean) => programOf(row, { address: agent.address, folder, changed });
  await withStack(program(false), {}, async (stack) => {
    const created = await stack.up();
    for (const { name } of instances) expect([name, created.changes[name]]).toEqual([name, ["create"]]);
    expect((await stack.preview()).changes).toEqual({});
    expect((await stack.refresh()).changes).toEqual({});

    const before = await foundValues(row, stack, agent, instances);
    arrange(instances, "to", folder);
    stack.program = program(true);
    const changed = await stack.up();
    expect(changed.changes).toEqual(changesOf(instances));
    expect(replaceKeysOf(changed, instances)).toEqual(pathsOf(instances));
    await expectWished(row, stack, agent, instances);

    const drifting = instances.filter(({ fate }) => fate.kind === "update" && !isSecret(row, fate.path));
    arrange(instances, "from", folder);
    for (const { name, fate } of drifting) {
      if (fate.kind === "vanish") continue;
      if (fate.change.drift) await fate.change.drift(agent, idOf(stack, name));
      else await agent.change(row.noun, idOf(stack, name), { [fate.path]: before.get(name) });
    }
    await agent.remove(row.noun, idOf(stack, "vanish"));
    const drift = Object.fromEntries(drifting.map(({ name }) => [name, ["update"]]));
    expect((await stack.refresh()).changes).toEqual({ ...drift, vanish: ["delete"] });

    arrange(instances, "to", folder);
    expect((await stack.up()).changes).toEqual({ ...drift, vanish: ["create"] });
    await expectWished(row, stack, agent, instances);

    await stack.destroy();
    expect(await agent.objects()).toEqual([]);
  });
}

/** What the agent has at the path that each instance is about to change. */
async function foundValues(
  { noun }: TypeCase,
  stack: Stack,
  agent: TestAgent,
  instances: readonly Instance[],
): Promise<ReadonlyMap<string, PropertyValue | undefined>> {
  const found = instances.map(async ({ name, fate }) => {
    const path = fate.kind === "vanish" ? "" : fate.path;
    return [name, valueAt((await agent.find(noun, idOf(stack, name))) ?? {}, path)] as const;
  });
  return new Map(await Promise.all(found));
}

/** The agent, asked directly, has what each instance wishes now. */
async function expectWished(
  row: TypeCase,
  stack: Stack,
  agent: TestAgent,
  instances: readonly Instance[],
): Promise<void> {
  const around = withoutResources();
  for (const { name, number, fate } of instances) {
    if (fate.kind === "vanish") continue;
    const { id = "", inputs = {} } = stack.resource(name);
    const found = await agent.find(row.noun, id);
    expect(found).toBeDefined();
    if (fate.path === "resourceId") {
      expect(id.endsWith(`/${String(inputs.resourceId)}`)).toBe(true);
    } else if (fate.path === typeByNoun(row.noun).parent?.property) {
      expect(id.startsWith(`${String(inputs[fate.path])}/`)).toBe(true);
    } else if (isSecret(row, fate.path)) {
      const wished = withValues({}, valuesOf(fate.change.to, around, number)) as Properties;
      // SPDK gets a key with what needs it: a remote controller's with its first path.
      if (row.noun !== "NvmeRemoteController") expect(agent.keysHandedOver()).toContain(valueAt(wished, fate.path));
    } else {
      const wished = valueAt(inputs as Properties, fate.path);
      expect({ name, value: valueAt(found ?? {}, fate.path) }).toEqual({ name, value: wished });
    }
  }
}

function changesOf(instances: readonly Instance[]): Outcome["changes"] {
  const changes: Record<string, OpType[]> = {};
  for (const { name, fate } of instances) {
    if (fate.kind === "update") changes[name] = ["update"];
    if (fate.kind !== "replace") continue;
    const ops: OpType[] = ["create-replacement", "replace", "delete-replaced"];
    changes[name] = fate.order === "create first" ? ops : ops.toReversed();
  }
  return changes;
}

/** What the engine names as the reason of each replacement, as far as the instance was meant to show it. */
function replaceKeysOf(outcome: Outcome, instances: readonly Instance[]): Readonly<Record<string, string | undefined>> {
  const replaced = instances.flatMap(({ name, fate }) => {
    if (fate.kind !== "replace") return [];
    const step = outcome.steps.find((each) => each.name === name && each.op === "replace");
    return [[name, step?.replaceKeys.find((key) => key === fate.path)] as const];
  });
  return Object.fromEntries(replaced);
}

function pathsOf(instances: readonly Instance[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    instances.flatMap(({ name, fate }) => (fate.kind === "replace" ? [[name, fate.path] as const] : [])),
  );
}

function arrange(instances: readonly Instance[], side: "from" | "to", folder: string): void {
  const around = { ...withoutResources(), file: filesIn(folder) };
  for (const { number, fate } of instances) {
    if (fate.kind !== "vanish") fate.change.arrange?.(side, around, number);
  }
}

/** Outside a program there are no resources; rows may still be asked for values that need none. */
function withoutResources(): Surroundings {
  const none = (): never => {
    throw new Error("this value needs a resource, and outside a program there is none");
  };
  return { volume: none, subsystem: none, remoteController: none, scsiTarget: none, file: none };
}

function refusedProgram(row: TypeCase, address: string, folder: string): () => Promise<void> {
  return async () => {
    const inputs = withValues(row.base(surroundings(address, folder), 1), row.refused ?? {});
    create(row.noun, "refused", { ...inputs, agent: { address } });
  };
}

const idOf = (stack: Stack, name: string): string => stack.resource(name).id ?? "";

function isSecret({ noun }: TypeCase, path: string): boolean {
  return leaves(inputFields(typeByNoun(noun))).some((field) => field.property === path && field.secret === true);
}
