import type { CustomResourceOptions } from "@pulumi/pulumi";
import * as opi from "../../provider/dynamic";
import { withStack } from "../engine/stack";
import { startTestAgent, type TestAgent } from "./agent";
import { messagesOf } from "./diagnostics";

const limit = 60_000;
let dpu: TestAgent;
let agent: opi.AgentArgs;
beforeEach(async () => {
  dpu = await startTestAgent();
  agent = { address: dpu.address };
});
afterEach(() => dpu.stop());

/** A volume that grows in place and is replaced for another block size. */
const volume = (
  name: string,
  args: Partial<opi.backend.NullVolumeArgs> = {},
  options?: CustomResourceOptions,
): opi.backend.NullVolume =>
  new opi.backend.NullVolume(name, { blockSize: 512, blocksCount: 2048, agent, ...args }, options);

const deleteFirst = ["delete-replaced", "replace", "create-replacement"];

test(
  "ignoreChanges leaves a property as it is, replaceOnChanges replaces for one that could change in place, and deleteBeforeReplace sets the order",
  async () => {
    const program = (changed: boolean) => async (): Promise<void> => {
      const larger = changed ? { blocksCount: 4096 } : {};
      const other = changed ? { blockSize: 4096 } : {};
      volume("ignored", { ...larger, ...other }, { ignoreChanges: ["blocksCount", "blockSize"] });
      volume("replaced", larger, { replaceOnChanges: ["blocksCount"] });
      volume("pinned", { ...larger, resourceId: "pinned" }, { replaceOnChanges: ["*"] });
      volume("ordered", other, { deleteBeforeReplace: true });
    };
    await withStack(program(false), {}, async (stack) => {
      await stack.up();
      stack.program = program(true);
      const plan = await stack.preview();
      expect(plan.changes).toEqual({
        replaced: ["create-replacement", "replace", "delete-replaced"],
        // An id that stays: the old one goes first.
        pinned: deleteFirst,
        ordered: deleteFirst,
      });
      expect((await stack.up()).changes).toEqual(plan.changes);
      expect((await stack.preview()).changes).toEqual({});
      await stack.destroy();
      expect(await dpu.objects()).toEqual([]);
    });
  },
  limit,
);

test(
  "protect refuses a deletion until it is lifted",
  async () => {
    await withStack(
      async () => void volume("kept", {}, { protect: true }),
      {},
      async (stack) => {
        await stack.up();
        const destroy = await stack.destroy({ fails: true });
        expect(messagesOf(destroy, "error").join("\n")).toContain("protected");
        expect(await dpu.objects()).toHaveLength(1);
        stack.program = async () => void volume("kept");
        await stack.up();
        await stack.destroy();
        expect(await dpu.objects()).toEqual([]);
      },
    );
  },
  limit,
);

test(
  "retainOnDelete and deletedWith leave objects on the agent that the state forgets",
  async () => {
    const program = async (): Promise<void> => {
      volume("retained", { resourceId: "retained" }, { retainOnDelete: true });
      const device = volume("device", { resourceId: "device" });
      volume("part", { resourceId: "part" }, { deletedWith: device });
    };
    await withStack(program, {}, async (stack) => {
      await stack.up();
      await stack.destroy();
      expect(stack.state().checkpoint.latest?.resources ?? []).toEqual([]);
      expect(await dpu.objects()).toEqual(["nullVolumes/part", "nullVolumes/retained"]);
    });
  },
  limit,
);

test(
  "aliases let a resource change its name in the program, and its automatic id stays",
  async () => {
    await withStack(
      async () => void volume("before"),
      {},
      async (stack) => {
        await stack.up();
        const { id } = stack.resource("before");
        stack.program = async () => void volume("after", {}, { aliases: [{ name: "before" }] });
        expect((await stack.up()).changes).toEqual({});
        expect(stack.resource("after").id).toBe(id);
        expect((await stack.preview()).changes).toEqual({});
        expect(dpu.writes()).toEqual(["CreateNullVolume"]);
        await stack.destroy();
        expect(await dpu.objects()).toEqual([]);
      },
    );
  },
  limit,
);

test(
  "dependsOn orders what no property links",
  async () => {
    const program = async (): Promise<void> => {
      const first = new opi.backend.MallocVolume("first", { blockSize: 512, blocksCount: 2048, agent });
      volume("second", {}, { dependsOn: first });
      new opi.frontend.VirtioScsiTarget("third", { agent }, { dependsOn: [first] });
    };
    await withStack(program, {}, async (stack) => {
      await stack.up();
      expect(dpu.writes()[0]).toBe("CreateMallocVolume");
      await stack.destroy();
      expect(dpu.writes().at(-1)).toBe("DeleteMallocVolume");
    });
  },
  limit,
);

test(
  "a target, and a replacement on request, touch one resource only",
  async () => {
    const program = (blocksCount: number, deleteBeforeReplace?: boolean) => async (): Promise<void> => {
      volume("one", { blocksCount, resourceId: "one1" }, { deleteBeforeReplace });
      volume("two", { blocksCount });
    };
    await withStack(program(2048), {}, async (stack) => {
      await stack.up();
      const urn = stack.resource("one").urn;
      stack.program = program(4096);
      expect((await stack.up({ targets: [urn] })).changes).toEqual({ one: ["update"] });
      expect((await stack.up()).changes).toEqual({ two: ["update"] });
      // The program chose its id, so that the old one has to go first; here the engine does not ask the provider.
      const colliding = await stack.up({ replace: [urn], fails: true });
      expect(messagesOf(colliding, "error").join("\n")).toContain(
        "When it is your own, and to be replaced, set deleteBeforeReplace: true.",
      );
      stack.program = program(4096, true);
      expect((await stack.up({ replace: [urn] })).changes).toEqual({ one: deleteFirst });
      await stack.destroy();
      expect(await dpu.objects()).toEqual([]);
    });
  },
  limit,
);
