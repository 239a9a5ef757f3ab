import { AgentLives, type Moment } from "../testing/agent-lives";
import type { Message } from "../testing/agent-under-test";
import { samples } from "../testing/samples";
import { CHANGES } from "../testing/changes";

/** More calls than any object takes. */
const ENOUGH = 40;

jest.setTimeout(120_000);

describe.each<Moment>(["before", "after"])("an agent that is killed %s a call to SPDK takes effect", (moment) => {
  let lives: AgentLives;
  beforeEach(async () => {
    lives = await AgentLives.open();
    await lives.startMortal();
  });
  afterEach(() => lives.close());

  /** Kills the agent at the first call of an attempt, the next one at the second, and so on, until one succeeds. */
  async function dieAtEveryCall(attempt: () => Promise<unknown>, check: () => Promise<void>): Promise<number> {
    for (let call = 1; call < ENOUGH; call++) {
      lives.mortal?.dieAt(call, moment);
      const ended = attempt().then(
        () => "ended",
        () => "ended",
      );
      if ((await Promise.race([ended, lives.mortal?.died])) === "ended") return call - 1;
      lives.leaveBehind();
      await lives.startMortal();
      await lives.attached();
      await check();
    }
    throw new Error("the call never came to an end");
  }

  test.each(Object.entries(samples))("leaves %s as it was, or as it was to be", async (_title, sample) => {
    const { noun, field, name, id, parent } = sample;
    for (const [method, request] of sample.needs(lives)) await lives.call(method, request);
    const object = sample.object(lives);
    const create = (): Promise<unknown> => lives.call(`Create${noun}`, { parent, [`${field}Id`]: id, [field]: object });
    const get = (): Promise<Message> => lives.call(`Get${noun}`, { name });
    // Once through, so that SPDK has its transports: they are no object's and stay.
    await create();
    await lives.call(`Delete${noun}`, { name });
    const before = await lives.snapshot();

    await dieAtEveryCall(create, async () => {
      await expect(get()).rejects.toThrow("NOT_FOUND");
      expect(await lives.snapshot()).toEqual(before);
    });

    for (const [paths, change] of sample.updates) {
      const update = (): Promise<Message> =>
        lives.call(`Update${noun}`, { [field]: { name, ...change }, updateMask: paths });
      await settled(get, update);
    }

    await dieAtEveryCall(
      () => lives.call(`Delete${noun}`, { name }),
      async () => {
        await expect(get()).rejects.toThrow("NOT_FOUND");
        expect(await lives.snapshot()).toEqual(before);
        await create();
      },
    );
    expect(await lives.snapshot()).toEqual(before);
  });

  test.each(Object.entries(CHANGES))("leaves %s as it was, or as it was to be", async (_title, scene) => {
    for (const [method, request] of scene.before) await lives.call(method, request);
    const [method, request] = scene.change;
    const get = (): Promise<Message> => lives.call(method.replace("Update", "Get"), { name: scene.name });
    await settled(get, () => lives.call(method, request));
  });

  /** After each death the object and SPDK are those before the update, or both those after it. */
  async function settled(get: () => Promise<Message>, update: () => Promise<Message>): Promise<void> {
    const known = await get();
    const held = sorted(await lives.snapshot());
    const kept: { readonly object: Message; readonly spdk: unknown }[] = [];
    const deaths = await dieAtEveryCall(update, async () => {
      const [object, spdk] = [await get(), sorted(await lives.snapshot())];
      if (JSON.stringify(spdk) !== JSON.stringify(held)) kept.push({ object, spdk });
      else expect(object).toEqual(known);
    });
    expect(deaths).toBeLessThan(ENOUGH);
    const [object, spdk] = [await get(), sorted(await lives.snapshot())];
    for (const one of kept) expect(one).toEqual({ object, spdk });
  }
});

/** What was taken away and given back stands at another place of its list. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, sorted(inner)]));
}
