import { failedPrecondition, invalidArgument } from "../aip/status";
import type { NullVolume } from "../../provider/wire/opi_api/storage/v1/backend_null";
import type { Step } from "../saga/steps";
import { bdevBehind } from "./bdev";
import { checkBlocks } from "./blocks";
import type { Environment, Kind } from "./kind";
import { bdevPresence } from "./presence";
import { checkUuid, sameSpelling } from "./uuid";

const MIB = 1024n * 1024n;

/** SPDK's null bdev. */
export const nullVolume: Kind<NullVolume, { readonly bdev: string }> = {
  type: "opi_api.storage.v1.NullVolume",
  service: "opi_api.storage.v1.NullVolumeService",
  updatable: ["blocks_count"],
  secrets: [],
  refusals: [],
  isVolume: true,
  standsAlone: true,
  losesContents: true,

  check(volume, field) {
    // Also keeps block size 0 away from SPDK, which it kills (crash.null_block_size_0/create).
    checkBlocks(volume, field);
    if (volume.blockSize % 512n !== 0n)
      throw invalidArgument(`${field}.block_size: ${volume.blockSize} is no multiple of 512`);
    checkUuid(volume.uuid, `${field}.uuid`);
  },

  async create({ id, object }, environment) {
    return { steps: [createStep(id, object, environment)], state: () => ({ bdev: id }) };
  },

  async update({ object, state }, desired, _changed, { spdk }, field) {
    const bytes = desired.blocksCount * desired.blockSize;
    if (desired.blocksCount < object.blocksCount)
      throw failedPrecondition(
        `${field}.blocks_count: ${desired.blocksCount} is less than the ${object.blocksCount} it has; SPDK can only grow a null volume`,
      );
    if (bytes % MIB !== 0n)
      throw invalidArgument(
        `${field}.blocks_count: ${desired.blocksCount} blocks of ${desired.blockSize} bytes are no whole MiB; SPDK resizes by the MiB`,
      );
    return {
      steps: [
        {
          label: "bdev_null_resize",
          // SPDK refuses to shrink (bdev/null_resize_smaller), so there is no undo; nothing comes after this step.
          apply: () => spdk.call("bdev_null_resize", { name: state.bdev, new_size: Number(bytes / MIB) }),
        },
      ],
    };
  },

  async remove({ state }, { spdk }) {
    return [{ label: "bdev_null_delete", apply: () => spdk.discard("bdev_null_delete", { name: state.bdev }) }];
  },

  async settle(before, after, { spdk }) {
    const blocks = (await spdk.bdev(before.state.bdev))?.num_blocks;
    return { keep: blocks !== undefined && BigInt(blocks) === after.object.blocksCount ? after : before, steps: [] };
  },

  async inspect({ id, object, state }, environment) {
    const { uuid, blockSize, blocksCount } = object;
    const bdev = await environment.spdk.bdev(state.bdev);
    // The same block device may have grown by a call whose answer was lost.
    const grown = bdev?.uuid === uuid && BigInt(bdev.num_blocks) > blocksCount;
    const expected = { product: "Null disk", blockSize, uuid, ...(grown ? {} : { blocksCount }) };
    return bdevPresence(bdev, expected, async () => [createStep(id, object, environment)]);
  },

  async observe({ name, object, state }, { spdk }) {
    const bdev = await bdevBehind(spdk, state.bdev, name);
    return {
      ...object,
      blockSize: BigInt(bdev.block_size),
      blocksCount: BigInt(bdev.num_blocks),
      uuid: sameSpelling(object.uuid, bdev.uuid),
    };
  },

  bdevs: async ({ state }) => [state.bdev],
  bdevOf: ({ state }) => state.bdev,
};

function createStep(id: string, volume: NullVolume, { spdk }: Environment): Step {
  return {
    label: "bdev_null_create",
    apply: () =>
      spdk.call("bdev_null_create", {
        name: id,
        num_blocks: Number(volume.blocksCount),
        block_size: Number(volume.blockSize),
        ...(volume.uuid === "" ? {} : { uuid: volume.uuid }),
      }),
    undo: () => spdk.discard("bdev_null_delete", { name: id }),
  };
}
