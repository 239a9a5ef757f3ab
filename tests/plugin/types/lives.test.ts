import type { OpType } from "@pulumi/pulumi/automation";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { typeByNoun } from "../../../provider/catalogue";
import { valueAt, type Properties } from "../../../provider/catalogue/values/property";
import { inputFields, leaves } from "../../../provider/lifecycle/fields";
import { startTestAgent, type TestAgent } from "../../dynamic/agent";
import { remotes } from "../../dynamic/types/backend";
import type { TypeCase } from "../../dynamic/types/case";
import { instancesOf, type Instance } from "../../dynamic/types/instances";
import type { Outcome, Step } from "../../engine/outcome";
import type { ResourceState } from "../../engine/state";
import { withStack, type Stack } from "../../engine/stack";
import { withPlugin } from "../plugin";
import { arrange, nameIn, programOf, rows } from "./program";

/** All types live in one stack: the engine's own time is spent once. */
const limitMilliseconds = 180_000;

interface Lives {
  readonly created: Outcome;
  readonly unchanged: Outcome;
  readonly refreshed: Outcome;
  readonly changed: Outcome;
  readonly drifted: Outcome;
  readonly healed: Outcome;
  readonly imported: { readonly code: number; readonly stdout: string };
  readonly afterImport: Outcome;
  readonly completed: Outcome;
  readonly afterCompletion: Outcome;
  readonly left: readonly string[];
}

let agent: TestAgent;
let folder: string;
let lives: Lives;
/** What each instance was, and had, after its change. */
const states = new Map<string, ResourceState>();

beforeAll(async () => {
  agent = await startTestAgent({ remotes });
  folder = mkdtempSync(join(tmpdir(), "files-"));
  lives = await withStack(programOf(folder, false), withPlugin(agent.address), async (stack) => {
    const created = await stack.up();
    const unchanged = await stack.preview();
    const refreshed = await stack.refresh();
    arrange("to", folder);
    stack.program = programOf(folder, true);
    const changed = await stack.up();
    const vanishing = rows.map((row) => [row, idOf(stack, nameIn(row, vanishOf(row)))] as const);
    for (const [row, id] of vanishing) await agent.remove(row.noun, id);
    const drifted = await stack.refresh();
    const healed = await stack.up();
    const resources = stack.state().checkpoint.latest?.resources ?? [];
    for (const each of resources) states.set(each.urn.split("::").pop() ?? "", each);
    // Another stack of the same program, which knows nothing of what is there.
    const rest = await withStack(programOf(folder, true), withPlugin(agent.address), async (other) => {
      const file = join(folder, "import.json");
      writeFileSync(file, JSON.stringify({ resources: resources.flatMap(importOf) }));
      const options = ["--yes", "--protect=false", "--generate-code=false", "--skip-preview"];
      const imported = await other.pulumi("import", "--file", file, ...options);
      const afterImport = await other.preview();
      const completed = await other.up();
      const afterCompletion = await other.preview();
      await other.destroy();
      return { imported, afterImport, completed, afterCompletion, left: await agent.objects() };
    });
    return { created, unchanged, refreshed, changed, drifted, healed, ...rest };
  });
}, limitMilliseconds);

afterAll(async () => {
  await agent.stop();
  rmSync(folder, { recursive: true, force: true });
});

const importOf = ({ type, urn, id }: ResourceState) =>
  type.startsWith("opi:") ? [{ type, name: urn.split("::").pop(), id }] : [];
const idOf = (stack: Stack, name: string): string => stack.resource(name).id ?? "";

function vanishOf(row: TypeCase): Instance {
  const found = instancesOf(row).find(({ fate }) => fate.kind === "vanish");
  if (found === undefined) throw new Error(`no instance of ${row.noun} vanishes`);
  return found;
}

describe.each(rows)("$noun", (row) => {
  const instances = instancesOf(row);
  const names = instances.map((each) => nameIn(row, each));
  const own = (outcome: Outcome): Record<string, readonly OpType[]> =>
    Object.fromEntries(Object.entries(outcome.changes).filter(([name]) => names.includes(name)));

  test("is created, and neither a preview nor a refresh finds anything to do then", () => {
    expect(own(lives.created)).toEqual(Object.fromEntries(names.map((name) => [name, ["create"]])));
    expect(own(lives.unchanged)).toEqual({});
    expect(own(lives.refreshed)).toEqual({});
  });

  test("is updated in place, or replaced in the right order, by the property that changed", () => {
    const expected: Record<string, readonly OpType[]> = {};
    for (const instance of instances) {
      const { fate } = instance;
      const ops: OpType[] = ["create-replacement", "replace", "delete-replaced"];
      if (fate.kind === "update") expected[nameIn(row, instance)] = ["update"];
      if (fate.kind === "replace") {
        expected[nameIn(row, instance)] = fate.order === "create first" ? ops : ops.toReversed();
      }
    }
    expect(own(lives.changed)).toEqual(expected);
  });

  test("tells each change by its path and kind", () => {
    for (const instance of instances) {
      const { fate } = instance;
      if (fate.kind === "vanish") continue;
      const op = fate.kind === "update" ? "update" : "replace";
      const step = lives.changed.steps.find((each) => each.name === nameIn(row, instance) && each.op === op);
      expect([instance.name, kindsOf(step)]).toEqual([
        instance.name,
        expect.objectContaining({ [fate.path]: expect.any(String) }),
      ]);
      expect([instance.name, withoutSecrets(row, kindsOf(step))]).toEqual([instance.name, expectedKinds(row, step)]);
    }
  });

  test("is found gone by a refresh, and made again", () => {
    const gone = nameIn(row, vanishOf(row));
    expect(own(lives.drifted)).toEqual({ [gone]: ["delete"] });
    expect(own(lives.healed)).toEqual({ [gone]: ["create"] });
  });

  test("is imported by its name; then only what no agent tells is left to complete, in the state alone", () => {
    expect(`${lives.imported.stdout}${lives.imported.code}`).toMatch(/0$/);
    const secretive = instances.filter((each) => hasSecret(row, states.get(nameIn(row, each))));
    const incomplete = Object.fromEntries(secretive.map((each) => [nameIn(row, each), ["update"]]));
    expect(own(lives.afterImport)).toEqual(incomplete);
    expect(own(lives.completed)).toEqual(incomplete);
    expect(own(lives.afterCompletion)).toEqual({});
    expect(lives.left).toEqual([]);
  });
});

const secretsOf = (row: TypeCase) => leaves(inputFields(typeByNoun(row.noun))).filter(({ secret }) => secret);

function hasSecret(row: TypeCase, state: ResourceState | undefined): boolean {
  return secretsOf(row).some(({ property }) => valueAt((state?.inputs ?? {}) as Properties, property) !== undefined);
}

function kindsOf(step: Step | undefined): Readonly<Record<string, string>> {
  const entries = Object.entries(step?.detailedDiff ?? {}).map(([path, { diffKind }]) => [path, diffKind] as const);
  return Object.fromEntries(entries);
}

/** Every path at which old and new inputs differ, and how: found without the provider's help. */
function expectedKinds(row: TypeCase, step: Step | undefined): Readonly<Record<string, string>> {
  const type = typeByNoun(row.noun);
  const paths = [
    ...(type.parent ? [type.parent.property] : []),
    ...leaves(inputFields(type)).map(({ property }) => property),
    // A replaced object gets another automatic id, which is not why it is replaced.
    ...(valueAt((step?.inputs ?? {}) as Properties, "__autonamed") === true ? [] : ["resourceId"]),
  ];
  const kinds = paths.flatMap((path) => {
    const before = valueAt((step?.oldInputs ?? {}) as Properties, path);
    const after = valueAt((step?.inputs ?? {}) as Properties, path);
    if (JSON.stringify(before) === JSON.stringify(after)) return [];
    const kind = isNothing(before) ? "add" : isNothing(after) ? "delete" : "update";
    return [[path, path in row.replacements ? `${kind}-replace` : kind] as const];
  });
  return withoutSecrets(row, Object.fromEntries(kinds));
}

/** The wire cannot tell false from "not set". */
const isNothing = (value: unknown): boolean => value === undefined || value === false;

/** Events show every secret as [secret], the old one and the new one alike. */
function withoutSecrets(row: TypeCase, kinds: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const hidden = secretsOf(row).map(({ property }) => property);
  return Object.fromEntries(Object.entries(kinds).filter(([path]) => !hidden.includes(path)));
}
