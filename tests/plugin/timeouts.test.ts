import type { CustomResourceOptions } from "@pulumi/pulumi";
import { setTimeout as pause } from "node:timers/promises";
import { standard } from "../../provider/client/dialect";
import { silence, startOddAgent, type Conduct, type OddAgent } from "../agents/odd-agent";
import { messagesOf } from "../dynamic/diagnostics";
import { withStack, type Stack } from "../engine/stack";
import { OpiProvider, OpiResource, withPlugin } from "./plugin";

let agent: OddAgent;
beforeEach(async () => {
  agent = await startOddAgent(standard);
});
afterEach(() => agent.stop());

const METHODS = { create: "CreateNullVolume", update: "UpdateNullVolume", delete: "DeleteNullVolume" } as const;
const READ = "GetNullVolume";
const NAME = "nullVolumes/vol-one";

type Timeouts = CustomResourceOptions["customTimeouts"];

/** A volume of a provider with these deadlines in seconds. */
const program = (blocksCount: number, customTimeouts: Timeouts, deadline: number) => async (): Promise<void> => {
  const deadlines = { read: deadline, write: deadline };
  const provider = new OpiProvider("dpu", { address: agent.address, dialect: "standard", attempts: 1, deadlines });
  const args = { resourceId: "vol-one", blockSize: 512, blocksCount };
  new OpiResource("NullVolume", "vol", args, { provider, customTimeouts });
};

const messageOf = (outcome: Awaited<ReturnType<Stack["up"]>>): string => messagesOf(outcome, "error").join("\n");

test("customTimeouts end each verb at an agent that never answers, and the state stays true", async () => {
  const short = { create: "300ms", update: "300ms", delete: "300ms", read: "300ms" };
  const hang = (method: string): void => {
    agent.conduct = { [method]: silence };
  };
  const heal = (): void => {
    agent.conduct = {};
  };
  await withStack(program(64, short, 60), withPlugin(), async (stack) => {
    hang(METHODS.create);
    expect(messageOf(await stack.up({ fails: true }))).toMatch(/cannot create NullVolume .*DEADLINE_EXCEEDED/);
    // It may come still.
    expect(stack.resource("vol").initErrors).toEqual([expect.stringContaining("incomplete")]);
    stack.program = program(96, short, 60);
    expect(messageOf(await stack.up({ fails: true }))).toContain("incomplete");
    expect(stack.resource("vol").outputs).toMatchObject({ blocksCount: 96 });
    expect(stack.resource("vol").initErrors).toHaveLength(1);
    heal();
    await stack.up();
    expect(stack.resource("vol").initErrors ?? []).toEqual([]);
    expect(agent.objects.get(NAME)).toMatchObject({ blocksCount: 96n });

    hang(READ);
    expect(messageOf(await stack.refresh({ fails: true }))).toMatch(/cannot read NullVolume .*DEADLINE_EXCEEDED/);
    expect(stack.resource("vol").id).toBe(NAME);

    stack.program = program(128, short, 60);
    hang(METHODS.update);
    expect(messageOf(await stack.up({ fails: true }))).toMatch(/cannot update NullVolume .*DEADLINE_EXCEEDED/);
    expect(stack.resource("vol").outputs).toMatchObject({ blocksCount: 96 });

    hang(METHODS.delete);
    expect(messageOf(await stack.destroy({ fails: true }))).toMatch(/cannot delete NullVolume .*DEADLINE_EXCEEDED/);
    expect(stack.resource("vol").id).toBe(NAME);
    heal();
    await stack.destroy();
    expect(agent.objects.size).toBe(0);
  });
}, 60_000);

test("customTimeouts that are longer than the provider's deadlines wait for an agent that is slow", async () => {
  const long = { create: "30s", update: "30s", delete: "30s", read: "30s" };
  const answeringLate: Conduct = {};
  for (const method of [...Object.values(METHODS), READ]) {
    answeringLate[method] = async ({ obey }) => {
      await pause(1_500);
      return obey();
    };
  }
  agent.conduct = answeringLate;
  await withStack(program(64, long, 1), withPlugin(), async (stack) => {
    expect((await stack.up()).changes).toEqual({ vol: ["create"] });
    expect((await stack.refresh()).changes).toEqual({});
    stack.program = program(128, long, 1);
    expect((await stack.up()).changes).toEqual({ vol: ["update"] });
    await stack.destroy();
    expect(agent.calls.map(({ method }) => method)).toEqual([METHODS.create, READ, METHODS.update, METHODS.delete]);
  });
}, 60_000);
