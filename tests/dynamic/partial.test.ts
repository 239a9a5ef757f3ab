import * as opi from "../../provider/dynamic";
import { withStack, type Stack } from "../engine/stack";
import { startTestAgent, type TestAgent } from "./agent";
import { expectReadable, messagesOf } from "./diagnostics";
import { startProxy, type Proxy } from "./proxy";

const limit = 60_000;
let dpu: TestAgent;
let way: Proxy;
/** What happens when SPDK has just made a volume, and before anybody hears of it. */
let onceMade: (() => Promise<void> | void) | undefined;
beforeEach(async () => {
  onceMade = undefined;
  dpu = await startTestAgent({
    afterSpdk: async (method) => {
      if (!/^bdev_(null|malloc)_create$/.test(method)) return;
      const then = onceMade;
      onceMade = undefined;
      await then?.();
    },
  });
  way = await startProxy(dpu.address);
});
afterEach(async () => {
  await way.close();
  await dpu.stop();
});

const program =
  (args: Partial<opi.backend.NullVolumeArgs> = {}, agent: Partial<opi.AgentArgs> = {}) =>
  async (): Promise<void> => {
    const there = { address: way.address, attempts: 1, ...agent };
    new opi.backend.NullVolume("made", { blockSize: 512, blocksCount: 2048, agent: there, ...args });
  };

const made = (stack: Stack): boolean =>
  (stack.state().checkpoint.latest?.resources ?? []).some(({ urn }) => urn.endsWith("::made"));

test(
  "an answer that is lost while the agent lives is found out, and the create succeeds",
  async () => {
    await withStack(program(), {}, async (stack) => {
      onceMade = () => way.cut();
      const up = await stack.up();
      expect(up.changes).toEqual({ made: ["create"] });
      expectReadable(up);
      expect(await dpu.objects()).toEqual([stack.resource("made").id]);
      expect((await stack.preview()).changes).toEqual({});
      await stack.destroy();
      expect(await dpu.objects()).toEqual([]);
    });
  },
  limit,
);

test(
  "when the agent is gone in the middle of a create, the state keeps what may be there, and the next up completes it",
  async () => {
    await withStack(program(), {}, async (stack) => {
      onceMade = () => way.close();
      const up = await stack.up({ fails: true });
      expect(messagesOf(up, "error").join("\n")).toContain("It is kept in the state as incomplete");
      expectReadable(up);
      const { id, initErrors } = stack.resource("made");
      expect(initErrors).toHaveLength(1);
      await way.open();
      expect(await dpu.objects()).toEqual([id]);

      const again = await stack.up();
      expect(again.changes).toEqual({ made: ["update"] });
      expect(stack.resource("made").initErrors ?? []).toEqual([]);
      expect(await dpu.objects()).toEqual([id]);
      expect(dpu.writes()).toEqual(["CreateNullVolume"]);
      expect((await stack.preview()).changes).toEqual({});
      await stack.destroy();
      expect(await dpu.objects()).toEqual([]);
    });
  },
  limit,
);

test(
  "what may be there, but is not, is made by the next up under the same name",
  async () => {
    await withStack(program(), {}, async (stack) => {
      onceMade = () => way.close();
      await stack.up({ fails: true });
      const { id = "" } = stack.resource("made");
      await dpu.remove("NullVolume", id);
      await way.open();
      await stack.up();
      expect(await dpu.objects()).toEqual([id]);
      expect((await stack.preview()).changes).toEqual({});
      await stack.destroy();
      expect(await dpu.objects()).toEqual([]);
    });
  },
  limit,
);

test(
  "when the answer is lost again as what may be there is made, the state knows what was wished last",
  async () => {
    await withStack(program(), {}, async (stack) => {
      onceMade = () => way.close();
      await stack.up({ fails: true });
      const { id = "" } = stack.resource("made");
      await dpu.remove("NullVolume", id);
      await way.open();

      stack.program = program({ blocksCount: 4096 });
      onceMade = () => way.close();
      const again = await stack.up({ fails: true });
      expect(messagesOf(again, "error").join("\n")).toContain("It is kept in the state as incomplete");
      expectReadable(again);
      expect(stack.resource("made")).toMatchObject({ id, outputs: { blocksCount: 4096 } });
      expect(stack.resource("made").initErrors).toHaveLength(1);
      await way.open();
      await stack.up();
      expect(stack.resource("made").initErrors ?? []).toEqual([]);
      expect(await dpu.find("NullVolume", id)).toMatchObject({ blocksCount: 4096 });
      expect((await stack.preview()).changes).toEqual({});
      await stack.destroy();
      expect(await dpu.objects()).toEqual([]);
    });
  },
  limit,
);

test(
  "a refresh tells whether what may be there is there, and destroy removes it, there or not",
  async () => {
    for (const isThere of [true, false]) {
      await withStack(program(), {}, async (stack) => {
        onceMade = () => way.close();
        await stack.up({ fails: true });
        const { id = "" } = stack.resource("made");
        if (!isThere) await dpu.remove("NullVolume", id);
        await way.open();
        await stack.refresh();
        expect(made(stack)).toBe(isThere);
        await stack.destroy();
        expect(await dpu.objects()).toEqual([]);
      });
    }
  },
  limit,
);

test(
  "a create that failed with nothing made leaves nothing in the state, and the next up makes one object",
  async () => {
    await withStack(program(), {}, async (stack) => {
      onceMade = () => {
        throw new Error("the storage process broke down");
      };
      const up = await stack.up({ fails: true });
      expect(messagesOf(up, "error")).toHaveLength(1);
      expectReadable(up);
      expect(made(stack)).toBe(false);
      expect(await dpu.objects()).toEqual([]);
      await stack.up();
      expect(await dpu.objects()).toHaveLength(1);
      await stack.destroy();
      expect(await dpu.objects()).toEqual([]);
    });
  },
  limit,
);

test(
  "an agent that takes too long is asked once more, and nothing is made twice",
  async () => {
    const slow = program({}, { deadlines: { write: 0.5 } });
    await withStack(slow, {}, async (stack) => {
      let release = (): void => undefined;
      onceMade = () =>
        new Promise<void>((resolve) => {
          release = resolve;
        });
      const up = await stack.up({ fails: true });
      expect(messagesOf(up, "error").join("\n")).toContain("no answer within 0.5 s");
      expectReadable(up);
      expect(made(stack)).toBe(true);
      release();
      await stack.up();
      expect(await dpu.objects()).toEqual([stack.resource("made").id]);
      expect((await stack.preview()).changes).toEqual({});
      await stack.destroy();
      expect(await dpu.objects()).toEqual([]);
    });
  },
  limit,
);
