import { invalidArgument } from "../aip/status";
import type { MallocVolume } from "../../provider/wire/opi_api/storage/v1/backend_malloc";
import type { Step } from "../saga/steps";
import { bdevBehind } from "./bdev";
import { checkBlocks, checkPowerOfTwoBlock } from "./blocks";
import type { Environment, Kind } from "./kind";
import { bdevPresence } from "./presence";
import { checkUuid, sameSpelling } from "./uuid";

/** What SPDK accepts (new.bdev/malloc_md_…). */
const METADATA_SIZES = [0n, 8n, 16n, 32n, 64n, 128n];

/** SPDK's malloc bdev. SPDK cannot resize it. */
export const mallocVolume: Kind<MallocVolume, { readonly bdev: string }> = {
  type: "opi_api.storage.v1.MallocVolume",
  service: "opi_api.storage.v1.MallocVolumeService",
  updatable: [],
  secrets: [],
  refusals: [],
  isVolume: true,
  standsAlone: true,
  losesContents: true,

  check(volume, field) {
    checkBlocks(volume, field);
    checkPowerOfTwoBlock(volume.blockSize, field);
    if (!METADATA_SIZES.includes(volume.metadataSize))
      throw invalidArgument(`${field}.metadata_size: ${volume.metadataSize} is none of ${METADATA_SIZES.join(", ")}`);
    checkUuid(volume.uuid, `${field}.uuid`);
  },

  async create({ id, object }, environment) {
    return { steps: [createStep(id, object, environment)], state: () => ({ bdev: id }) };
  },

  async remove({ state }, { spdk }) {
    return [{ label: "bdev_malloc_delete", apply: () => spdk.discard("bdev_malloc_delete", { name: state.bdev }) }];
  },

  async inspect({ id, object, state }, environment) {
    const { uuid, blockSize, blocksCount, metadataSize } = object;
    const expected = { product: "Malloc disk", blockSize, blocksCount, metadataSize, uuid };
    const bdev = await environment.spdk.bdev(state.bdev);
    return bdevPresence(bdev, expected, async () => [createStep(id, object, environment)]);
  },

  async observe({ name, object, state }, { spdk }) {
    const bdev = await bdevBehind(spdk, state.bdev, name);
    return {
      ...object,
      blockSize: BigInt(bdev.block_size),
      blocksCount: BigInt(bdev.num_blocks),
      metadataSize: BigInt(bdev.md_size ?? 0),
      uuid: sameSpelling(object.uuid, bdev.uuid),
    };
  },

  bdevs: async ({ state }) => [state.bdev],
  bdevOf: ({ state }) => state.bdev,
};

function createStep(id: string, volume: MallocVolume, { spdk }: Environment): Step {
  return {
    label: "bdev_malloc_create",
    apply: () =>
      spdk.call("bdev_malloc_create", {
        name: id,
        num_blocks: Number(volume.blocksCount),
        block_size: Number(volume.blockSize),
        ...(volume.metadataSize === 0n ? {} : { md_size: Number(volume.metadataSize) }),
        ...(volume.uuid === "" ? {} : { uuid: volume.uuid }),
      }),
    undo: () => spdk.discard("bdev_malloc_delete", { name: id }),
  };
}
