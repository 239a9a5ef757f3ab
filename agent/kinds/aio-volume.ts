import { stat } from "node:fs/promises";
import { isAbsolute } from "node:path";

import { failedPrecondition, invalidArgument, StatusError } from "../aip/status";
import { SpdkError } from "../spdk";
import type { AioVolume } from "../../provider/wire/opi_api/storage/v1/backend_aio";
import { bdevBehind } from "./bdev";
import { checkPowerOfTwoBlock } from "./blocks";
import type { Kind } from "./kind";
import { bdevPresence } from "./presence";
import { isUndecodable, type Spdk } from "./spdk";
import { checkUuid, sameSpelling } from "./uuid";

/** SPDK's aio bdev. It never changes the file's size: a size in the request is checked against it. */
export const aioVolume: Kind<AioVolume, { readonly bdev: string }> = {
  type: "opi_api.storage.v1.AioVolume",
  service: "opi_api.storage.v1.AioVolumeService",
  updatable: ["blocks_count"],
  secrets: [],
  refusals: [{ path: "uuid", reason: "SPDK 24.05 cannot give an AIO volume a UUID: leave it out", until: [24, 5] }],
  isVolume: true,
  standsAlone: true,

  check(volume, field) {
    if (volume.blockSize !== 0n) checkPowerOfTwoBlock(volume.blockSize, field);
    if (volume.blocksCount < 0n) throw invalidArgument(`${field}.blocks_count: ${volume.blocksCount} is negative`);
    if (!isAbsolute(volume.filename))
      throw invalidArgument(`${field}.filename: ${JSON.stringify(volume.filename)} is no absolute path`);
    checkUuid(volume.uuid, `${field}.uuid`);
  },

  async create({ id, object }, { spdk }, field) {
    return {
      steps: [
        {
          label: "bdev_aio_create",
          apply: () => createAio(spdk, id, object, field),
          undo: () => spdk.discard("bdev_aio_delete", { name: id }),
        },
        { label: "compare size", apply: () => compareSize(spdk, id, object.blocksCount, field) },
      ],
      state: () => ({ bdev: id }),
    };
  },

  async update({ state }, desired, _changed, { spdk }, field) {
    return {
      steps: [
        // Takes over the size that the file has now, whatever it was before: there is nothing to undo.
        { label: "bdev_aio_rescan", apply: () => spdk.call("bdev_aio_rescan", { name: state.bdev }) },
        { label: "compare size", apply: () => compareSize(spdk, state.bdev, desired.blocksCount, field) },
      ],
    };
  },

  async remove({ state }, { spdk }) {
    return [{ label: "bdev_aio_delete", apply: () => spdk.discard("bdev_aio_delete", { name: state.bdev }) }];
  },

  async inspect({ id, object, state }, { spdk }) {
    const bdev = await spdk.bdev(state.bdev);
    // The file's size is the file's affair: SPDK takes it over as it is, and reads show it.
    const expected = { product: "AIO disk", blockSize: object.blockSize === 0n ? undefined : object.blockSize };
    const presence = bdevPresence(bdev, expected, async () => [
      {
        label: "bdev_aio_create",
        apply: () => createAgain(spdk, id, object),
        undo: () => spdk.discard("bdev_aio_delete", { name: id }),
      },
    ]);
    const filename = bdev?.driver_specific.aio?.filename;
    if (presence.found !== "whole" || filename === object.filename) return presence;
    return {
      found: "other",
      what: `an AIO block device ${id} on ${filename ?? "another file"}, not ${object.filename}`,
    };
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

async function createAio(spdk: Spdk, name: string, volume: AioVolume, field: string): Promise<void> {
  const blockSize = volume.blockSize === 0n ? await ownBlockSize(volume.filename) : Number(volume.blockSize);
  try {
    await spdk.call("bdev_aio_create", {
      name,
      filename: volume.filename,
      ...(blockSize === undefined ? {} : { block_size: blockSize }),
      ...(volume.uuid === "" ? {} : { uuid: volume.uuid }),
    });
  } catch (error) {
    if (!(error instanceof SpdkError)) throw error;
    if (volume.uuid !== "" && isUndecodable(error))
      throw invalidArgument(`${field}.uuid: this SPDK cannot give an AIO volume a UUID; leave it out (24.05 cannot)`);
    // bdev/aio_missing_file, bdev/aio_dir
    if (error.code === -2 || error.code === -21)
      throw failedPrecondition(
        `${field}.filename: SPDK cannot open ${JSON.stringify(volume.filename)}: ${error.rawMessage}; it must be a file or block device on the DPU`,
      );
    throw error;
  }
}

/** With the UUID it had, where this SPDK can give one. */
async function createAgain(spdk: Spdk, name: string, volume: AioVolume): Promise<void> {
  try {
    await createAio(spdk, name, volume, "aio_volume");
  } catch (error) {
    if (volume.uuid === "" || !(error instanceof StatusError) || !error.message.includes(".uuid:")) throw error;
    await createAio(spdk, name, { ...volume, uuid: "" }, "aio_volume");
  }
}

/**
 * SPDK finds the block size of devices by itself, but not that of files (bdev/aio_no_bs); for those the file system's
 * is taken, or 512 where the file is no multiple of that.
 */
async function ownBlockSize(filename: string): Promise<number | undefined> {
  const file = await stat(filename).catch(() => undefined);
  if (file?.isFile() !== true) return undefined;
  return file.size % file.blksize === 0 ? file.blksize : 512;
}

async function compareSize(spdk: Spdk, bdev: string, wanted: bigint, field: string): Promise<void> {
  if (wanted === 0n) return;
  const found = await spdk.bdev(bdev);
  if (found !== undefined && BigInt(found.num_blocks) !== wanted)
    throw invalidArgument(
      `${field}.blocks_count: the file holds ${found.num_blocks} blocks of ${found.block_size} bytes, not ${wanted}; the agent never grows or cuts a file`,
    );
}
