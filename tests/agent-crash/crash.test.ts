import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { SpdkClient } from "../../agent/spdk";
import { TestClient, type Message } from "../../agent/testing/agent-under-test";
import { HOST_NQN, OTHER_HOST_NQN } from "../../agent/testing/samples";
import { heldBySpdk } from "./held";
import { Load, random } from "./load";
import { agentProcess, spdkProcess, type Killable } from "./processes";
import { stack, type Item } from "./stack";

/** Another one shows another course of events; a failure tells which one it was. */
const SEED = Number(process.env.OPI_CRASH_SEED ?? 20240523);
const STACKS = 3;

jest.setTimeout(180_000);

describe(`an agent and its SPDK, killed at random moments (seed ${SEED})`, () => {
  const chance = random(SEED);
  let folder: string;
  let agent: Killable;
  let spdk: Killable;
  let client: TestClient;
  let direct: SpdkClient;
  let loads: readonly Load[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "opi-crash-test-"));
    const socket = join(folder, "spdk.sock");
    spdk = spdkProcess(socket);
    await spdk.start();
    direct = new SpdkClient(socket);
    const listen = `unix:${join(folder, "agent.sock")}`;
    agent = agentProcess(["--listen", listen, "--spdk", `unix:${socket}`, "--state-dir", join(folder, "state")]);
    await startAgent();
    loads = Array.from({ length: STACKS }, (_, at) => new Load(stack(at, folder), random(SEED + at + 1)));
  });
  afterAll(async () => {
    client.close();
    await direct.close();
    await agent.end("SIGTERM");
    await spdk.end("SIGTERM");
    rmSync(folder, { recursive: true });
  });

  async function startAgent(): Promise<void> {
    await agent.start();
    client = new TestClient(`unix:${join(folder, "agent.sock")}`);
  }

  /** Lets all stacks work, does the deed in the middle of it, and waits until they have noticed. */
  async function during(trusting: boolean, deed: () => Promise<void>): Promise<void> {
    const answered = (): number => loads.reduce((sum, load) => sum + load.acknowledged, 0);
    const enough = answered() + 2 + Math.floor(chance() * 20);
    let ended = false;
    const running = Promise.all(loads.map((load) => load.run(client, trusting))).finally(() => (ended = true));
    while (answered() < enough && !ended) await delay(1);
    await delay(chance() * 10);
    await deed();
    for (const load of loads) load.stop();
    await running;
  }

  const items = (): readonly (readonly [Load, Item])[] =>
    loads.flatMap((load) => load.items.map((item) => [load, item] as const));

  /** Undefined when it is not there; waits for what is still being attached. */
  async function read({ noun, name }: Item): Promise<Message | undefined> {
    for (;;) {
      try {
        return await client.call(`Get${noun}`, { name });
      } catch (error) {
        if (String(error).includes("NOT_FOUND")) return undefined;
        if (!String(error).includes("UNAVAILABLE")) throw error;
        await delay(50);
      }
    }
  }

  /** Every object is what was acknowledged, or what a call without an answer asked for; SPDK holds that and no more. */
  async function check(): Promise<void> {
    const expected = new Set<string>();
    for (const [load, item] of items()) {
      const { value, perhaps } = load.belief(item);
      const object = await read(item);
      const found = object === undefined ? undefined : item.update === undefined ? 1 : item.update.shown(object);
      const possible = [value, ...perhaps].map((each) => (each === undefined || item.update !== undefined ? each : 1));
      expect({ name: item.name, found, possible, is: possible.includes(found as number | undefined) }).toMatchObject({
        is: true,
      });
      load.beliefs.set(item.name, { value: found as number | undefined, perhaps: [] });
      if (found === undefined) continue;
      for (const held of item.holds) expected.add(held);
      const { nqn } = (object?.spec ?? {}) as { readonly nqn?: string };
      if (item.noun === "NvmeSubsystem")
        expected.add(`host ${found === 1 ? HOST_NQN : OTHER_HOST_NQN} of ${nqn ?? ""}`);
      if (item.noun === "NvmePath") expected.add(`file opi-remote-${item.parent.split("/")[1] ?? ""}`);
    }
    expect(await heldBySpdk(direct, join(folder, "state", "run"))).toEqual([...expected].sort());
  }

  test("loses no acknowledged object and invents none when the agent is killed", async () => {
    for (let round = 0; round < 10; round++) {
      await during(true, () => agent.end("SIGKILL"));
      client.close();
      await startAgent();
      await check();
    }
  });

  test("makes everything again when SPDK is killed and comes back empty", async () => {
    for (let round = 0; round < 3; round++) {
      await during(false, async () => {
        await spdk.end("SIGKILL");
        await spdk.start();
      });
      await check();
    }
  });

  test("makes everything again when both are killed", async () => {
    for (let round = 0; round < 3; round++) {
      await during(false, async () => {
        await Promise.all([agent.end("SIGKILL"), spdk.end("SIGKILL")]);
        await spdk.start();
      });
      client.close();
      await startAgent();
      await check();
    }
  });

  test("is killed in the middle of making everything again, and goes on with it", async () => {
    for (let round = 0; round < 3; round++) {
      await agent.end("SIGKILL");
      await spdk.end("SIGKILL");
      await spdk.start();
      client.close();
      const starting = agent.start().catch(() => undefined);
      await delay(100 + chance() * 500);
      await agent.end("SIGKILL");
      await starting;
      await startAgent();
      await check();
    }
  });

  test("forgets what is deleted for good", async () => {
    for (const load of loads)
      for (const item of load.items.toReversed())
        await client.call(`Delete${item.noun}`, { name: item.name, allowMissing: true });
    await agent.end("SIGKILL");
    client.close();
    await startAgent();
    for (const [, item] of items()) expect(await read(item)).toBeUndefined();
    expect(await heldBySpdk(direct, join(folder, "state", "run"))).toEqual([]);
  });
});
