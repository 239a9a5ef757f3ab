import * as opi from "../../provider/dynamic";
import { withStack } from "../engine/stack";
import { startTestAgent, type TestAgent } from "./agent";
import { expectReadable, messagesOf } from "./diagnostics";
import { startProxy, type Proxy } from "./proxy";

const limit = 60_000;
let dpu: TestAgent;
let way: Proxy;
beforeEach(async () => {
  dpu = await startTestAgent();
  way = await startProxy(dpu.address);
});
afterEach(async () => {
  await way.close();
  await dpu.stop();
});

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `volume-${n}`);

const volumes =
  (count: number, agent: Partial<opi.AgentArgs> = {}, blocksCount = 64) =>
  async (): Promise<void> => {
    for (const name of names(count)) {
      const args = { blockSize: 512, blocksCount, resourceId: name, agent: { address: way.address, ...agent } };
      new opi.backend.NullVolume(name, args);
    }
  };

/** The address as messages show it, in its canonical form. */
const shown = (): string => way.address.replace("127.0.0.1", "localhost");

const refused = (): string =>
  `on agent ${shown()}: connection refused: nothing listens there (UNAVAILABLE)\n` +
  "Start the agent, or correct the host and port in agent.address.";

test(
  "a preview of an agent that is down succeeds, with one warning however many resources it has",
  async () => {
    await way.close();
    const plan = await withStack(volumes(5), {}, (stack) => stack.preview());
    expect(Object.values(plan.changes)).toEqual(names(5).map(() => ["create"]));
    expect(messagesOf(plan, "warning")).toEqual([
      `agent ${shown()} cannot be asked what it can do: connection refused: ` +
        "nothing listens there. Start the agent, or correct the host and port in agent.address.",
    ]);
    expectReadable(plan);
  },
  limit,
);

test(
  "an agent that takes connections and says nothing is waited for once, however many resources it has",
  async () => {
    way.silence();
    const dialledBy = async (count: number): Promise<number> => {
      const before = way.dialled;
      const plan = await withStack(volumes(count, { deadlines: { connect: 1 } }), {}, (stack) => stack.preview());
      expect(messagesOf(plan, "warning")).toHaveLength(1);
      expect(messagesOf(plan, "warning")[0]).toContain("no gRPC connection within 1 s");
      expectReadable(plan);
      return way.dialled - before;
    };
    expect(await dialledBy(8)).toBe(await dialledBy(1));
  },
  limit,
);

test(
  "an agent that goes away is an error at up, refresh and destroy, and the state keeps what it has",
  async () => {
    const error = (what: string): readonly string[] => [`cannot ${what} ${refused()}`];
    await withStack(volumes(1), {}, async (stack) => {
      await way.close();
      const create = await stack.up({ fails: true });
      expect(messagesOf(create, "error")).toEqual(error("create NullVolume volume-0"));
      expectReadable(create);

      await way.open();
      await stack.up();
      const { id, inputs, outputs } = stack.resource("volume-0");
      await way.close();

      const refresh = await stack.refresh({ fails: true });
      expect(messagesOf(refresh, "error")).toEqual(error("read NullVolume nullVolumes/volume-0"));
      expectReadable(refresh);

      stack.program = volumes(1, {}, 4096);
      const update = await stack.up({ fails: true });
      expect(messagesOf(update, "error")).toEqual(error("update NullVolume nullVolumes/volume-0"));
      expectReadable(update);

      const destroy = await stack.destroy({ fails: true });
      expect(messagesOf(destroy, "error")).toEqual(error("delete NullVolume nullVolumes/volume-0"));
      expectReadable(destroy);
      expect(stack.resource("volume-0")).toMatchObject({ id, inputs, outputs });

      await way.open();
      expect((await stack.up()).changes).toEqual({ "volume-0": ["update"] });
      await stack.destroy();
      expect(await dpu.objects()).toEqual([]);
    });
  },
  limit,
);

test(
  "nothing of an unchanged program is asked of an agent that is down, so that up succeeds with a warning",
  async () => {
    await withStack(volumes(2), {}, async (stack) => {
      await stack.up();
      await way.close();
      const up = await stack.up();
      expect(up.changes).toEqual({});
      expect(messagesOf(up, "warning")).toHaveLength(1);
      expectReadable(up);
      await way.open();
      await stack.destroy();
    });
  },
  limit,
);

test(
  "deleteUnreachable lets the state forget objects of a dead agent, and says so of each",
  async () => {
    await withStack(volumes(2, { deleteUnreachable: true }), {}, async (stack) => {
      await stack.up();
      await way.close();
      const destroy = await stack.destroy();
      expect(messagesOf(destroy, "warning")).toEqual(
        names(2).map(
          (name) =>
            `NullVolume nullVolumes/${name} is forgotten without being deleted, as deleteUnreachable asks: agent ` +
            `${shown()} cannot be reached (connection refused: nothing listens ` +
            "there). It may still be there.",
        ),
      );
      expectReadable(destroy);
      expect(stack.state().checkpoint.latest?.resources ?? []).toEqual([]);
      expect(await dpu.objects()).toEqual(names(2).map((name) => `nullVolumes/${name}`));
    });
  },
  limit,
);

test(
  "an agent whose address another resource tells is not asked before that is there",
  async () => {
    const program = async (): Promise<void> => {
      const args = { blockSize: 512, blocksCount: 64, resourceId: "device", agent: { address: way.address } };
      const device = new opi.backend.MallocVolume("device", args);
      // What a resource that brings up a device would tell: known only once it is there.
      const address = device.uuid.apply((uuid) => (uuid === undefined ? "" : way.address));
      new opi.backend.NullVolume("late", { blockSize: 512, blocksCount: 64, resourceId: "late", agent: { address } });
    };
    await withStack(program, {}, async (stack) => {
      await way.close();
      const plan = await stack.preview();
      expect(plan.changes).toEqual({ device: ["create"], late: ["create"] });
      expect(messagesOf(plan, "warning")).toHaveLength(1);
      await way.open();
      await stack.up();
      expect((await stack.preview()).changes).toEqual({});
      expect(await dpu.objects()).toEqual(["mallocVolumes/device", "nullVolumes/late"]);
      await stack.destroy();
      expect(await dpu.objects()).toEqual([]);
    });
  },
  limit,
);
