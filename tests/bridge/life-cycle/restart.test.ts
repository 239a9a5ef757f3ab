import { messagesOf } from "../../dynamic/diagnostics";
import { withStack } from "../../engine/stack";
import { startDpu, type Dpu } from "../dpu";
import { faces } from "./program";

/** The way on that the messages and docs/agents.md give, walked with the real engine. */
const limitMilliseconds = 120_000;
const [face] = faces;
let dpu: Dpu;

beforeEach(async () => {
  dpu = await startDpu();
});
afterEach(() => dpu.stop());

const programWith = (ids: { readonly disk?: string; readonly device?: string }) => async (): Promise<void> => {
  const disk = face.create("NullVolume", "disk", { resourceId: ids.disk, blockSize: 512, blocksCount: 2048 }, dpu);
  const pcieId = { portId: 0, physicalFunction: 1, virtualFunction: 0 };
  face.create("VirtioBlk", "device", { resourceId: ids.device, volumeNameRef: disk.name, pcieId }, dpu);
};
const automatic = programWith({});
const chosen = programWith({ disk: "disk-1", device: "device-1" });

test(
  "a bridge that was restarted loses nothing of the state; when SPDK is started anew too, an up makes everything again",
  async () => {
    await withStack(automatic, face.options(dpu), async (stack) => {
      await stack.up();
      const before = await dpu.held();
      await dpu.bridge.restart();
      const refreshed = await stack.refresh({ fails: true });
      const said = messagesOf(refreshed, "error").join("\n");
      expect(said).toContain("forget their objects on restart, while the storage process keeps them");
      expect(said).toContain(`rpc.py bdev_null_delete ${String(stack.resource("disk").outputs?.resourceId)}`);
      await stack.destroy({ fails: true });
      expect(await dpu.held()).toEqual(before);
      expect(stack.resource("disk").id).toContain("volumes/disk");

      await dpu.restartSpdk();
      const gone = await stack.refresh();
      expect(gone.changes).toEqual({ disk: ["delete"], device: ["delete"] });
      const healed = await stack.up();
      expect(healed.changes).toEqual({ disk: ["create"], device: ["create"] });
      expect((await stack.preview()).changes).toEqual({});
    });
  },
  limitMilliseconds,
);

test(
  "an SPDK that was restarted is told by a refresh, and automatic ids let the next up make everything again",
  async () => {
    await withStack(automatic, face.options(dpu), async (stack) => {
      await stack.up();
      await dpu.restartSpdk();
      const healed = await stack.up({ refresh: true });
      expect(healed.succeeded).toBe(true);
      expect(await dpu.held()).toHaveLength(2);
      await stack.destroy();
      expect(await dpu.held()).toEqual([]);
    });
  },
  limitMilliseconds,
);

test(
  "ids that the program chose, which the bridge still remembers when SPDK was restarted, need a restart of the bridge",
  async () => {
    await withStack(chosen, face.options(dpu), async (stack) => {
      await stack.up();
      await dpu.restartSpdk();
      expect((await stack.refresh()).changes).toEqual({ disk: ["delete"], device: ["delete"] });
      // The bridge answers OK from memory, and has nothing.
      const deceived = await stack.up({ fails: true });
      const said = messagesOf(deceived, "error").join("\n");
      expect(said).toMatch(/answered OK, yet does not have it|No such device/);
      await dpu.bridge.restart();
      await stack.up({ refresh: true });
      expect(await dpu.held()).toHaveLength(2);
      expect((await stack.preview()).changes).toEqual({});
      await stack.destroy();
      expect(await dpu.held()).toEqual([]);
    });
  },
  limitMilliseconds,
);
