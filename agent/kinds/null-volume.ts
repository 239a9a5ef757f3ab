import { failedPrecondition, invalidArgument } from "../aip/status";
import type { NullVolume } from "../../provider/wire/opi_api/storage/v1/backend_null";
import { bdevBehind } from "./bdev";
import { checkBlocks } from "./blocks";
import type { Kind } from "./kind";
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

  check(volume, field) {
    // Also keeps block size 0 away from SPDK, which it kills (crash.null_block_size_0/create).
    checkBlocks(volume, field);
    if (volume.blockSize % 512n !== 0n)
      throw invalidArgument(`${field}.block_size: ${volume.blockSize} is no multiple of 512`);
    checkUuid(volume.uuid, `${field}.uuid`);
  },

  async create({ id, object }, { spdk }) {
    return {
      steps: [
        {
          label: "bdev_null_create",
          apply: () =>
            spdk.call("bdev_null_create", {
              name: id,
              num_blocks: Number(object.blocksCount),
              block_size: Number(object.blockSize),
              ...(object.uuid === "" ? {} : { uuid: object.uuid }),
            }),
          undo: () => spdk.discard("bdev_null_delete", { name: id }),
        },
      ],
      state: () => ({ bdev: id }),
    };
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
