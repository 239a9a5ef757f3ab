import type { CustomResourceOptions } from "@pulumi/pulumi";
import { startTestAgent, type TestAgent } from "../dynamic/agent";
import { stepOf } from "../engine/outcome";
import { withStack, type Stack } from "../engine/stack";
import { OpiProvider, OpiResource, withPlugin } from "./plugin";

const limit = 60_000;
let agent: TestAgent;
beforeEach(async () => {
  agent = await startTestAgent();
});
afterEach(() => agent.stop());

type Settings = Readonly<Record<string, unknown>>;
const nqn = (name: string): string => `nqn.2014-08.org.example:${name}`;
const subsystem = (name: string, args: Settings = {}, options?: CustomResourceOptions): OpiResource =>
  new OpiResource("NvmeSubsystem", name, { nqn: nqn(name), ...args }, options);
const qos = (rates: Settings, options?: CustomResourceOptions): OpiResource => {
  const volumeNameRef = new OpiResource("MallocVolume", "vol", { blockSize: 512, blocksCount: 64 }).name;
  return new OpiResource("QosVolume", "qos", { volumeNameRef, limits: { max: rates } }, options);
};

const run = <T>(program: () => unknown, use: (stack: Stack) => Promise<T>): Promise<T> =>
  withStack(async () => void program(), withPlugin(agent.address), use);
const become = (stack: Stack, program: () => unknown): void => {
  stack.program = async () => void program();
};
const said = ({ diagnostics }: { readonly diagnostics: readonly { readonly message: string }[] }): string =>
  diagnostics.map(({ message }) => message).join("\n");

test(
  "ignoreChanges leaves a changed property alone by every spelling of its path, and replaceOnChanges replaces for one",
  async () => {
    await run(
      () => qos({ rwBandwidthMbs: 100, rwIopsKiops: 10 }),
      async (stack) => {
        await stack.up();
        for (const path of [
          "limits.max.rwBandwidthMbs",
          'limits["max"]["rwBandwidthMbs"]',
          "limits.*.rwBandwidthMbs",
          "limits",
        ]) {
          become(stack, () => qos({ rwBandwidthMbs: 200, rwIopsKiops: 10 }, { ignoreChanges: [path] }));
          expect([path, (await stack.preview()).changes]).toEqual([path, {}]);
        }
        become(stack, () =>
          qos({ rwBandwidthMbs: 200, rwIopsKiops: 20 }, { ignoreChanges: ["limits.max.rwBandwidthMbs"] }),
        );
        expect(Object.keys(stepOf(await stack.up(), "qos").detailedDiff)).toEqual(["limits.max.rwIopsKiops"]);
        const found = await agent.find("QosVolume", stack.resource("qos").id ?? "");
        expect(found).toMatchObject({ limits: { max: { rwBandwidthMbs: 100, rwIopsKiops: 20 } } });

        const replaceOnChanges = ["limits.max.rwBandwidthMbs"];
        const options = { replaceOnChanges, deleteBeforeReplace: true };
        become(stack, () => qos({ rwBandwidthMbs: 200, rwIopsKiops: 20 }, options));
        expect((await stack.up()).changes).toEqual({ qos: ["delete-replaced", "replace", "create-replacement"] });
        await stack.destroy();
      },
    );
  },
  limit,
);

test(
  "deleteBeforeReplace is kept where the program asks for it, though both objects could be there at once",
  async () => {
    const program = (size: number) => () =>
      new OpiResource("NullVolume", "vol", { blockSize: size, blocksCount: 2048 }, { deleteBeforeReplace: true });
    await run(program(512), async (stack) => {
      await stack.up();
      become(stack, program(4096));
      expect((await stack.up()).changes).toEqual({ vol: ["delete-replaced", "replace", "create-replacement"] });
      await stack.destroy();
    });
  },
  limit,
);

test(
  "protect, retainOnDelete, deletedWith, aliases and targets do what Pulumi promises of them",
  async () => {
    const program =
      (protect: boolean, name: string, ...aliases: string[]) =>
      () => {
        const first = subsystem(name, { nqn: nqn("first") }, { aliases: aliases.map((each) => ({ name: each })) });
        subsystem("carried", { resourceId: "carried" }, { deletedWith: first });
        subsystem("kept", {}, { protect });
        subsystem("retained", { resourceId: "retained" }, { retainOnDelete: true });
      };
    await run(program(true, "before"), async (stack) => {
      await stack.up();
      become(stack, program(true, "after", "before"));
      expect((await stack.up()).changes).toEqual({});

      become(stack, () => {
        program(true, "after", "before")();
        subsystem("extra");
        subsystem("other");
      });
      const target = stack.resource("after").urn.replace(/after$/, "extra");
      expect((await stack.up({ targets: [target] })).changes).toEqual({ extra: ["create"] });

      become(stack, () => void 0);
      expect(said(await stack.preview({ fails: true }))).toContain("protect");
      become(stack, program(false, "after", "before"));
      await stack.up();
      await stack.destroy();
      // No call was made for what goes with something else, nor for what is to be kept.
      expect(await agent.objects()).toEqual(["nvmeSubsystems/carried", "nvmeSubsystems/retained"]);
    });
  },
  limit,
);

test(
  "an object that is already there is refused with a word on how it differs, and adopted when the provider says so",
  async () => {
    await agent.create("NullVolume", "vol-one", { blockSize: 512, blocksCount: 2048 });
    const program = (blocksCount: number, settings: Settings) => () => {
      const provider = new OpiProvider("dpu", { address: agent.address, ...settings });
      new OpiResource("NullVolume", "vol", { resourceId: "vol-one", blockSize: 512, blocksCount }, { provider });
    };
    await run(program(4096, {}), async (stack) => {
      expect(said(await stack.up({ fails: true }))).toContain("blocksCount (wished 4096, found 2048)");
      become(stack, program(2048, {}));
      expect(said(await stack.up({ fails: true }))).toContain("import");
      become(stack, program(2048, { onExisting: "adopt" }));
      expect((await stack.up()).changes).toEqual({ vol: ["create"] });
      expect(agent.writes()).toEqual(["CreateNullVolume"]);
      expect((await stack.preview()).changes).toEqual({});
      await stack.destroy();
    });
  },
  limit,
);
