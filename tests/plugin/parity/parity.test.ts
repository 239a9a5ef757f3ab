import { startTestAgent, type TestAgent } from "../../dynamic/agent";
import { withStack } from "../../engine/stack";
import { behaviours, refusals } from "./behaviours";
import { faces, type Face } from "./faces";

/** Both faces show one life cycle: what is in the tables holds for each of them. */
const limitMilliseconds = 120_000;

describe.each(faces)("by $face", (face) => {
  let agent: TestAgent;
  let lives: Awaited<ReturnType<typeof livesOf>>;

  beforeAll(async () => {
    agent = await startTestAgent();
    lives = await livesOf(face, agent);
  }, limitMilliseconds);
  afterAll(() => agent.stop());

  test.each(behaviours)("$name", ({ name, steps, replaceKeys = [] }) => {
    expect(lives.created.changes[name]).toEqual(["create"]);
    expect(lives.planned.changes[name] ?? []).toEqual(steps);
    expect(lives.changed.changes[name] ?? []).toEqual(steps);
    const replaced = lives.changed.steps.find((step) => step.name === name && step.op === "replace");
    expect(replaced?.replaceKeys ?? []).toEqual(replaceKeys);
  });

  test("what is applied leaves nothing to do, to a preview and to a refresh", () => {
    expect([lives.again.changes, lives.refreshed.changes]).toEqual([{}, {}]);
  });

  test("what drifts or vanishes is found and put right", () => {
    expect(lives.drifted.changes).toEqual({ "grows-in-place": ["delete"], "taken-away": ["update"] });
    expect(lives.healed.changes).toEqual({ "grows-in-place": ["create"], "taken-away": ["update"] });
    expect(lives.left).toEqual([]);
  });

  test.each(refusals)(
    "$name are refused at preview, all at once and each by its path",
    async ({ noun, name, inputs, properties }) => {
      const program = async (): Promise<void> => void face.create(noun, name, { ...inputs }, agent.address);
      const refused = await withStack(program, face.options(agent.address), (stack) => stack.preview({ fails: true }));
      const said = refused.diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
      for (const property of properties) expect(said.join("\n")).toContain(property);
      // Neither face lets the engine print a key, which it prints of inputs that are no secrets to it.
      expect(said.join("\n")).not.toContain("NVMeTLSkey-1:01:");
    },
  );
});

async function livesOf(face: Face, agent: TestAgent) {
  const program = (side: "before" | "after") => async (): Promise<void> => {
    for (const behaviour of behaviours) {
      face.create(behaviour.noun, behaviour.name, { ...behaviour[side] }, agent.address);
    }
  };
  return withStack(program("before"), face.options(agent.address), async (stack) => {
    const created = await stack.up();
    stack.program = program("after");
    const planned = await stack.preview();
    const changed = await stack.up();
    const again = await stack.preview();
    const refreshed = await stack.refresh();
    await agent.remove("NullVolume", stack.resource("grows-in-place").id ?? "");
    const hostnqn = "nqn.2014-08.org.example:stranger";
    await agent.change("NvmeSubsystem", stack.resource("taken-away").id ?? "", { hostnqn });
    const drifted = await stack.refresh();
    const healed = await stack.up();
    await stack.destroy();
    return { created, planned, changed, again, refreshed, drifted, healed, left: await agent.objects() };
  });
}
