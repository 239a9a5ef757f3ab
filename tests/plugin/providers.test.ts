import { startTestAgent, type TestAgent, type TestAgentOptions } from "../dynamic/agent";
import { startProxy } from "../dynamic/proxy";
import { withStack, type Stack } from "../engine/stack";
import { OpiProvider, OpiResource, withPlugin } from "./plugin";

const limit = 60_000;
const running: TestAgent[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((agent) => agent.stop()));
});

async function start(options?: TestAgentOptions): Promise<TestAgent> {
  const agent = await startTestAgent(options);
  running.push(agent);
  return agent;
}

const volume = (name: string, provider?: OpiProvider, resourceId = name): OpiResource =>
  new OpiResource("NullVolume", name, { blockSize: 512, blocksCount: 2048, resourceId }, { provider });

const providerState = (stack: Stack, name: string) => stack.resource(name);

test(
  "providers of one program have an agent each, with its token, and secrets of theirs are encrypted in the state",
  async () => {
    const [east, west] = [
      await start({ token: "canary-east-token", access: { metadata: { authorization: "Bearer canary-east-token" } } }),
      await start({ token: "canary-west-token", access: { metadata: { authorization: "Bearer canary-west-token" } } }),
    ];
    const program = async (): Promise<void> => {
      const metadata = JSON.stringify({ authorization: "Bearer canary-west-token" });
      volume("east", new OpiProvider("dpu0", { address: east.address, token: "canary-east-token" }), "same-id");
      volume("west", new OpiProvider("dpu1", { address: west.address, metadata, attempts: "2" }), "same-id");
    };
    await withStack(program, withPlugin(), async (stack) => {
      const up = await stack.up();
      expect(await east.objects()).toEqual(["nullVolumes/same-id"]);
      expect(await west.objects()).toEqual(["nullVolumes/same-id"]);
      expect((await stack.preview()).changes).toEqual({});
      expect(`${stack.stateText()}${up.stdout}${up.stderr}`).not.toContain("canary");
      await stack.destroy();
      expect([...(await east.objects()), ...(await west.objects())]).toEqual([]);
    });
  },
  limit,
);

test(
  "another address replaces what lives there, unless the device says it is the same one; credentials replace nothing",
  async () => {
    const [east, west] = [await start(), await start()];
    const way = await startProxy(east.address);
    const on = (settings: object) => async (): Promise<void> =>
      void volume("moves", new OpiProvider("dpu", { ...settings }));
    try {
      await withStack(on({ address: east.address, identity: "rack 7" }), withPlugin(), async (stack) => {
        await stack.up();
        stack.program = on({ address: way.address, identity: "rack 7", metadata: { "x-token": "new" } });
        expect((await stack.up()).changes).toEqual({});
        expect(providerState(stack, "dpu").inputs).toMatchObject({ address: way.address });
        stack.program = on({ address: west.address });
        expect((await stack.up()).changes.moves).toContain("replace");
        expect([await east.objects(), await west.objects()]).toEqual([[], ["nullVolumes/moves"]]);
        await stack.destroy();
      });
    } finally {
      await way.close();
    }
  },
  limit,
);

test(
  "the environment stands in for a missing address, its credentials stay out of the state, and a destroy finds the way back",
  async () => {
    const access = { metadata: { authorization: "Bearer canary-env-token" } };
    const agent = await start({ token: "canary-env-token", access });
    const environment = { OPI_ADDRESS: agent.address, OPI_TOKEN: "canary-env-token" };
    await withStack(
      async () => void volume("only"),
      withPlugin(undefined, { environment }),
      async (stack) => {
        await stack.up();
        expect(await agent.objects()).toEqual(["nullVolumes/only"]);
        expect(stack.stateText()).toContain(agent.address);
        expect(stack.stateText()).not.toContain("canary-env-token");
        expect((await stack.preview()).changes).toEqual({});
        await stack.destroy();
        expect(await agent.objects()).toEqual([]);
      },
    );
  },
  limit,
);

test(
  "wrong settings are told by name before anything is dialled, and a missing address with the ways to give one",
  async () => {
    const wrong = { address: "dpu0", tls: '{"minVersion":"SSLv3"}', attempts: 99, dialekt: "auto" };
    const program = async (): Promise<void> => {
      new OpiProvider("dpu", wrong);
    };
    const said = await withStack(program, withPlugin(), (stack) => stack.preview({ fails: true }));
    const text = said.diagnostics.map(({ message }) => message).join("\n");
    for (const words of ["dpu0:50051", "tls.minVersion", "attempts", "did you mean dialect?"])
      expect(text).toContain(words);

    const none = await withStack(
      async () => void volume("only"),
      withPlugin(),
      (stack) => stack.preview({ fails: true }),
    );
    expect(none.diagnostics.map(({ message }) => message).join("\n")).toContain("OPI_ADDRESS");
  },
  limit,
);

test(
  "settings that are known only during the update leave the preview in doubt, and the update right",
  async () => {
    const agent = await start();
    const program = async (): Promise<void> => {
      const first = volume("first");
      const address = first.name.apply(() => agent.address);
      volume("second", new OpiProvider("dpu", { address }));
    };
    await withStack(program, withPlugin(agent.address), async (stack) => {
      expect((await stack.preview()).changes).toEqual({ first: ["create"], second: ["create"] });
      await stack.up();
      expect(await agent.objects()).toEqual(["nullVolumes/first", "nullVolumes/second"]);
      await stack.destroy();
    });
  },
  limit,
);

test(
  "a dead agent is warned of once at preview, is an error at up, and is let go by deleteUnreachable",
  async () => {
    const agent = await start();
    const way = await startProxy(agent.address);
    const program = (settings: object) => async (): Promise<void> => {
      const provider = new OpiProvider("dpu", {
        address: way.address,
        deadlines: { connect: 1 },
        attempts: 1,
        ...settings,
      });
      for (const name of ["vol-one", "vol-two"]) volume(name, provider);
    };
    try {
      await withStack(program({}), withPlugin(), async (stack) => {
        await way.close();
        const plan = await stack.preview();
        expect(plan.changes).toEqual({ "vol-one": ["create"], "vol-two": ["create"] });
        expect(plan.diagnostics.filter(({ message }) => message.includes("cannot be asked")).length).toBe(1);
        // A program that is cut off while it registers the other volume would fail this process.
        const failed = await stack.up({ fails: true, continueOnError: true });
        expect(failed.diagnostics.map(({ message }) => message).join("\n")).toContain("UNAVAILABLE");

        await way.open();
        await stack.up();
        await way.close();
        const stuck = await stack.destroy({ fails: true });
        expect(stuck.diagnostics.map(({ message }) => message).join("\n")).toContain("UNAVAILABLE");
        expect(stack.resource("vol-one").id).toBe("nullVolumes/vol-one");

        await way.open();
        stack.program = program({ deleteUnreachable: true });
        await stack.up();
        await way.close();
        const letGo = await stack.destroy();
        const warnings = letGo.diagnostics.filter(({ message }) => message.includes("forgotten without being deleted"));
        expect(warnings.map(({ urn }) => urn.split("::").pop()).sort()).toEqual(["vol-one", "vol-two"]);
      });
    } finally {
      await way.close();
    }
  },
  limit,
);
