import * as pulumi from "@pulumi/pulumi";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Note } from "./note";
import { stepOf } from "./outcome";
import { withStack } from "./stack";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "opi-notes-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const note = (path: string, text: string) => async (): Promise<Record<string, unknown>> => ({
  text: new Note("note", { path: join(folder, path), text }).text,
});

test("a stack goes through create, no change, update, replacement and destroy, each seen step by step", async () => {
  await withStack(note("a", "one"), {}, async (stack) => {
    const plan = await stack.preview();
    expect(plan.changes).toEqual({ note: ["create"] });
    expect(stepOf(plan, "note").status).toBe("planned");
    expect(readdirSync(folder)).toEqual([]);

    const up = await stack.up();
    expect(up.changes).toEqual({ note: ["create"] });
    expect(stepOf(up, "note")).toMatchObject({ status: "done", id: join(folder, "a"), outputs: { text: "one" } });
    expect(await stack.outputs()).toEqual({ text: "one" });
    expect(stack.resource("note")).toMatchObject({ id: join(folder, "a"), outputs: { text: "one" } });

    expect((await stack.preview()).changes).toEqual({});

    stack.program = note("a", "two");
    const update = await stack.up();
    expect(update.changes).toEqual({ note: ["update"] });
    expect(stepOf(update, "note")).toMatchObject({ oldInputs: { text: "one" }, inputs: { text: "two" } });
    expect(readFileSync(join(folder, "a"), "utf8")).toBe("two");

    stack.program = note("b", "two");
    const replacement = await stack.up();
    expect(replacement.changes).toEqual({ note: ["create-replacement", "replace", "delete-replaced"] });
    expect(replacement.steps[0].replaceKeys).toEqual(["path"]);
    expect(readdirSync(folder)).toEqual(["b"]);

    expect((await stack.destroy()).changes).toEqual({ note: ["delete"] });
    expect(readdirSync(folder)).toEqual([]);
    expect(stack.state().checkpoint.latest?.resources ?? []).toEqual([]);
  });
}, 60_000);

test("a refresh says of each resource whether it is the same, changed or gone", async () => {
  const program = async (): Promise<void> => {
    for (const name of ["same", "changed", "gone"]) new Note(name, { path: join(folder, name), text: name });
  };
  await withStack(program, {}, async (stack) => {
    await stack.up();
    writeFileSync(join(folder, "changed"), "otherwise");
    rmSync(join(folder, "gone"));
    expect((await stack.refresh()).changes).toEqual({ changed: ["update"], gone: ["delete"] });
    expect((await stack.up()).changes).toEqual({ changed: ["update"], gone: ["create"] });
  });
}, 60_000);

test("a run that is expected to fail returns its diagnostics, and leaves the next stack of this process alone", async () => {
  const check = await withStack(note("a", ""), {}, async (stack) => stack.up({ fails: true }));
  expect(check.diagnostics.map((each) => each.message).join("\n")).toContain("a note says something");

  writeFileSync(join(folder, "taken"), "");
  const create = await withStack(note("taken", "mine"), {}, async (stack) => stack.up({ fails: true }));
  expect(stepOf(create, "note").status).toBe("failed");
  expect(create.diagnostics.map((each) => each.message).join("\n")).toContain("EEXIST");

  const thrown = await withStack(
    async () => {
      throw new Error("the program itself is wrong");
    },
    {},
    async (stack) => stack.preview({ fails: true }),
  );
  expect(`${thrown.stdout}${thrown.stderr}`).toContain("the program itself is wrong");

  const inApply = async (): Promise<void> => {
    pulumi.output("value").apply(() => {
      throw new Error("thrown in an apply");
    });
  };
  const applied = await withStack(inApply, {}, async (stack) => stack.preview({ fails: true }));
  expect(`${applied.stdout}${applied.stderr}`).toContain("thrown in an apply");

  expect((await withStack(note("free", "mine"), {}, (stack) => stack.up())).changes).toEqual({ note: ["create"] });
}, 60_000);

test("a failure that nobody expected is an exception with what Pulumi printed, and the sandbox is removed", async () => {
  let sandbox = "";
  const failing = withStack(note("a", ""), {}, async (stack) => {
    sandbox = stack.folder;
    await stack.up();
  });
  await expect(failing).rejects.toThrow("a note says something");
  expect(existsSync(sandbox)).toBe(false);
});

test("configuration, secrets and environment reach the program, and secrets are encrypted in the state", async () => {
  const program = async (): Promise<Record<string, unknown>> => {
    const config = new pulumi.Config();
    const text = pulumi.interpolate`${config.require("greeting")} ${config.requireSecret("who")}`;
    return { text: new Note("note", { path: join(folder, process.env.NOTE_NAME ?? "none"), text }).text };
  };
  const options = {
    config: { greeting: "hello" },
    secretConfig: { who: "canary-5150" },
    environment: { NOTE_NAME: "from-environment" },
  };
  await withStack(program, options, async (stack) => {
    await stack.up();
    expect(readFileSync(join(folder, "from-environment"), "utf8")).toBe("hello canary-5150");
    expect(await stack.outputs()).toEqual({ text: "hello canary-5150" });
    expect(stack.stateText()).toContain("from-environment");
    expect(stack.stateText()).not.toContain("canary-5150");
    expect(process.env.NOTE_NAME).toBeUndefined();
  });
}, 60_000);

test("two stacks that are started at once run one after the other, each with its own result", async () => {
  const outcomes = await Promise.all(
    ["first", "second"].map((name) => withStack(note(name, name), {}, async (stack) => stack.up())),
  );
  expect(outcomes.map((outcome) => stepOf(outcome, "note").outputs.text)).toEqual(["first", "second"]);
}, 60_000);

test("any other command runs on the stack", async () => {
  await withStack(note("a", "one"), {}, async (stack) => {
    await stack.up();
    const { code, stdout } = await stack.pulumi("stack", "export");
    expect(code).toBe(0);
    expect(stdout).toContain(stack.resource("note").urn);
  });
});
