import { typeByNoun } from "../../../provider/catalogue";
import { closeAll } from "../../../provider/client";
import { messagesOf } from "../../dynamic/diagnostics";
import { withStack } from "../../engine/stack";
import { startDpu, type Dpu } from "../dpu";
import { lives, lun, remotes } from "./lives";
import { faces, programOf, type Face } from "./program";

/** One stack holds all types: the engine's own time is spent once. */
const limitMilliseconds = 240_000;
const all = [...lives, lun];
const changing = all.filter(({ steps }) => steps !== undefined);
/** Deleted behind Pulumi's back. */
const vanishing = ["null-stays", "qos-limits", "controller-port", "blk-function", "scsi-function", "path-port"];

describe.each(faces)("by $face with dialect $dialect", (face) => {
  let dpu: Dpu;
  let lived: Awaited<ReturnType<typeof live>>;

  beforeAll(async () => {
    dpu = await startDpu({ remotes });
    lived = await live(face, dpu);
  }, limitMilliseconds);
  afterAll(async () => {
    closeAll();
    await dpu.stop();
  });

  test("every type is created as planned, and neither a preview nor a refresh finds anything to do then", () => {
    for (const { name } of all) expect([name, lived.planned.changes[name]]).toEqual([name, ["create"]]);
    expect(lived.created.changes).toEqual(lived.planned.changes);
    expect([lived.unchanged.changes, lived.refreshed.changes]).toEqual([{}, {}]);
  });

  test.each(changing)(
    "$name changes as the bridge can, and as the preview says",
    ({ name, steps, replaceKeys = [] }) => {
      expect(lived.foreseen.changes[name]).toEqual(steps);
      expect(lived.changed.changes[name]).toEqual(steps);
      const replaced = lived.changed.steps.find((step) => step.name === name && step.op === "replace");
      expect(replaced?.replaceKeys ?? []).toEqual(replaceKeys);
    },
  );

  test("nothing else changes, and nothing is left to do", () => {
    const expected = Object.fromEntries(changing.map(({ name, steps }) => [name, steps]));
    expect(lived.changed.changes).toEqual(expected);
    expect([lived.again.changes, lived.refreshedAgain.changes]).toEqual([{}, {}]);
  });

  test("what vanishes is found gone by a refresh, and made again", () => {
    const each = (op: string) => Object.fromEntries(vanishing.map((name) => [name, [op]]));
    expect(lived.drifted.changes).toEqual(each("delete"));
    // The namespace on the QoS volume goes to the new one, which limits the same volume: the old namespace lets go first.
    const moved = { "namespace-on-qos": ["delete-replaced", "replace", "create-replacement"] };
    expect(lived.healed.changes).toEqual({ ...each("create"), ...moved });
  });

  test("a destroy leaves nothing in SPDK, and the bridge has lived through all of it", () => {
    expect(lived.held).not.toEqual([]);
    expect([lived.left, lived.died]).toEqual([[], undefined]);
  });

  test("warnings tell what the bridge drops, and nothing else", () => {
    const dropped = "VirtioScsiLun.targetNameRef: agents of dialect spdk-bridge ignore it";
    expect([...new Set(lived.warnings)]).toEqual([dropped]);
  });
});

async function live(face: Face, dpu: Dpu) {
  return withStack(programOf(face, dpu, "before"), face.options(dpu), async (stack) => {
    const planned = await stack.preview();
    const created = await stack.up();
    const unchanged = await stack.preview();
    const refreshed = await stack.refresh();
    stack.program = programOf(face, dpu, "after");
    const foreseen = await stack.preview();
    const changed = await stack.up();
    const again = await stack.preview();
    const refreshedAgain = await stack.refresh();
    const client = dpu.client({ dialect: "spdk-bridge" });
    for (const name of vanishing) await client.delete(typeOf(name), stack.resource(name).id ?? "");
    const drifted = await stack.refresh();
    const healed = await stack.up();
    const held = await dpu.held();
    await stack.destroy();
    return {
      ...{ planned, created, unchanged, refreshed, foreseen, changed, again, refreshedAgain, drifted, healed, held },
      left: await dpu.held(),
      died: dpu.bridge.died,
      warnings: [planned, created, foreseen, changed, healed].flatMap((outcome) => messagesOf(outcome, "warning")),
    };
  });
}

const typeOf = (name: string) => typeByNoun(all.find((life) => life.name === name)?.noun ?? "");
