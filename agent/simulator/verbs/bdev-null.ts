import { randomUUID } from "node:crypto";

import { NULL_STORE } from "../bdev/block-store";
import { isPiFormat } from "../bdev/protection";
import { errnoFault, RpcFault, wouldBreakSpdk } from "../rpc/fault";
import { boolean, int32, optional, string, uint32, uint64, uuid } from "../rpc/params";
import { verb } from "../rpc/verb";

const MEBIBYTE = 1024 * 1024;

/** Devices that keep nothing: bdev_null_*. */
export const bdevNullVerbs = [
  verb("bdev_null_create", {
    params: {
      name: string,
      uuid: optional(uuid),
      num_blocks: uint64,
      block_size: uint32,
      physical_block_size: optional(uint32),
      md_size: optional(uint32),
      dif_type: optional(int32),
      dif_is_head_of_md: optional(boolean),
    },
    newer: {
      dif_pi_format: optional(uint32),
      preferred_write_alignment: optional(uint32),
      preferred_write_granularity: optional(uint32),
      optimal_write_size: optional(uint32),
      preferred_unmap_alignment: optional(uint32),
      preferred_unmap_granularity: optional(uint32),
    },
    run(spdk, params) {
      if (params.block_size === 0) throw wouldBreakSpdk("a null bdev with block size 0");
      const refuse = (why: string): RpcFault =>
        spdk.traits.explainsNullSizes ? new RpcFault(errnoFault("EINVAL").code, why) : errnoFault("EINVAL");
      if (params.block_size % 512 !== 0) throw refuse(`Data block size ${params.block_size} is not a multiple of 512`);
      if (params.num_blocks === 0) throw refuse("Disk num_blocks must be greater than 0");
      const metadataSize = params.md_size ?? 0;
      const difType = params.dif_type ?? 0;
      if (difType < 0 || difType > 3 || (difType !== 0 && metadataSize === 0)) throw errnoFault("EINVAL");
      if (!isPiFormat(params.dif_pi_format ?? 0, metadataSize)) throw errnoFault("EINVAL");
      return spdk.bdevs.register({
        name: params.name,
        uuid: params.uuid ?? randomUUID(),
        module: "null",
        productName: "Null disk",
        blockSize: params.block_size + metadataSize,
        numBlocks: params.num_blocks,
        ioTypes: ["read", "write", "write_zeroes", "reset", "abort"],
        store: NULL_STORE,
        preferences: {
          preferred_write_alignment: params.preferred_write_alignment ?? 0,
          preferred_write_granularity: params.preferred_write_granularity ?? 0,
          optimal_write_size: params.optimal_write_size ?? 0,
          preferred_unmap_alignment: params.preferred_unmap_alignment ?? 0,
          preferred_unmap_granularity: params.preferred_unmap_granularity ?? 0,
        },
        ...(metadataSize === 0
          ? {}
          : {
              metadata: {
                size: metadataSize,
                interleaved: true,
                difType,
                difIsHeadOfMd: params.dif_is_head_of_md ?? false,
                difPiFormat: params.dif_pi_format ?? 0,
              },
            }),
        driverSpecific: () => ({}),
      }).name;
    },
  }),

  verb("bdev_null_delete", {
    params: { name: string },
    run(spdk, { name }) {
      spdk.bdevs.unregister(spdk.bdevs.getOf("null", name));
      return true;
    },
  }),

  verb("bdev_null_resize", {
    params: { name: string, new_size: uint64 },
    run(spdk, { name, new_size }) {
      const bdev = spdk.bdevs.getOf("null", name);
      const current = Math.floor((bdev.numBlocks * bdev.blockSize) / MEBIBYTE);
      if (new_size < current) throw errnoFault("EINVAL");
      spdk.bdevs.resize(bdev, Math.floor((new_size * MEBIBYTE) / bdev.blockSize));
      return true;
    },
  }),
];
