import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ResourceState } from "../../engine/state";
import { withStack, type Stack } from "../../engine/stack";
import { startDpu, type Dpu } from "../dpu";
import { lives, lun, remotes } from "./lives";
import { faces, programOf } from "./program";

const limitMilliseconds = 120_000;
let dpu: Dpu;
let taken: Awaited<ReturnType<typeof takeOver>>;

beforeAll(async () => {
  const [face] = faces;
  dpu = await startDpu({ remotes });
  const program = programOf(face, dpu, "before");
  taken = await withStack(program, face.options(dpu), async (stack) => {
    await stack.up();
    return withStack(program, face.options(dpu), (other) => takeOver(stack, other));
  });
}, limitMilliseconds);
afterAll(() => dpu.stop());

test("objects of every type are imported by their names", () => {
  expect(taken.imported).toMatchObject({ code: 0 });
  for (const { name } of [...lives, lun]) expect(taken.names).toContain(name);
});

test("what the bridge does not tell is filled in from the program, in the state only", () => {
  // Remote controllers and QoS volumes are told whole, and so are subsystems that limit and guard nothing.
  const whole = ["null-grows", "null-keeps-its-id", "null-stays", "qos-limits", "qos-volume", "shared"];
  const unfilled = [...whole, "remote-multipath", "remote-stays"];
  const filled = taken.names.filter((name) => !unfilled.includes(name));
  expect(taken.afterImport.changes).toEqual(Object.fromEntries(filled.map((name) => [name, ["update"]])));
  expect(taken.completed.changes).toEqual(taken.afterImport.changes);
  expect(taken.written).toEqual([]);
});

test("what is imported is as good as created: nothing is left to do, and a destroy removes all of it", () => {
  expect([taken.afterCompletion.changes, taken.refreshed.changes]).toEqual([{}, {}]);
  expect(taken.left).toEqual([]);
});

/** Imports all of one stack's objects into another one, which knows nothing of them. */
async function takeOver(stack: Stack, other: Stack) {
  const resources = (stack.state().checkpoint.latest?.resources ?? []).flatMap(importOf);
  const file = join(dpu.folder, "import.json");
  writeFileSync(file, JSON.stringify({ resources }));
  const options = ["--yes", "--protect=false", "--generate-code=false", "--skip-preview"];
  const imported = await other.pulumi("import", "--file", file, ...options);
  const afterImport = await other.preview();
  const before = dpu.bridge.calls.length;
  const completed = await other.up();
  const written = dpu.bridge.calls.slice(before).filter(({ method }) => /^(Create|Update|Delete)/.test(method));
  const afterCompletion = await other.preview();
  const refreshed = await other.refresh();
  await other.destroy();
  const names = resources.map(({ name }) => name);
  return { imported, names, afterImport, completed, written, afterCompletion, refreshed, left: await dpu.held() };
}

const importOf = ({ type, urn, id }: ResourceState) =>
  type.startsWith("opi:") ? [{ type, name: urn.slice(urn.lastIndexOf("::") + 2), id }] : [];
