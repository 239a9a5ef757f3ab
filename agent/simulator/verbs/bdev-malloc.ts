import { randomUUID } from "node:crypto";

import { MemoryStore } from "../bdev/block-store";
import { SYSTEM_AND_ACCEL_MEMORY } from "../bdev/memory-domains";
import { isPiFormat } from "../bdev/protection";
import { errnoFault } from "../rpc/fault";
import { boolean, int32, optional, string, uint32, uint64, uuid } from "../rpc/params";
import { verb } from "../rpc/verb";
import type { SpdkState } from "../state";

/** SPDK's word for memory of no particular NUMA node. The recorded machine had one node, 0. */
const ANY_NODE = -1;
const METADATA_SIZES = [0, 8, 16, 32, 64, 128];

/** Devices in memory: bdev_malloc_*. */
export const bdevMallocVerbs = [
  verb("bdev_malloc_create", {
    params: {
      name: optional(string),
      uuid: optional(uuid),
      num_blocks: uint64,
      block_size: uint32,
      physical_block_size: optional(uint32),
      optimal_io_boundary: optional(uint32),
      md_size: optional(uint32),
      md_interleave: optional(boolean),
      dif_type: optional(int32),
      dif_is_head_of_md: optional(boolean),
    },
    newer: { dif_pi_format: optional(uint32), numa_id: optional(int32) },
    run(spdk, params) {
      const { num_blocks, block_size, md_size = 0, dif_type = 0, dif_pi_format = 0, numa_id = ANY_NODE } = params;
      if (num_blocks === 0) throw errnoFault("EINVAL");
      if (block_size % 512 !== 0 || (params.physical_block_size ?? 0) % 512 !== 0) throw errnoFault("EINVAL");
      if (!METADATA_SIZES.includes(md_size)) throw errnoFault("EINVAL");
      if (dif_type < 0 || dif_type > 3 || (dif_type !== 0 && md_size === 0)) throw errnoFault("EINVAL");
      if (!isPiFormat(dif_pi_format, md_size) || (numa_id !== ANY_NODE && numa_id !== 0)) throw errnoFault("EINVAL");
      // Nothing to allocate fails as not enough does (recorded: bdev/malloc_bs0).
      const bytes = num_blocks * block_size;
      if (bytes === 0 || bytes + mallocBytes(spdk) > spdk.memoryBytes) throw errnoFault("ENOMEM");

      const interleaved = params.md_interleave ?? false;
      return spdk.bdevs.register({
        name: params.name ?? `Malloc${spdk.nextMallocNumber++}`,
        uuid: params.uuid ?? randomUUID(),
        module: "malloc",
        productName: "Malloc disk",
        blockSize: interleaved ? block_size + md_size : block_size,
        numBlocks: num_blocks,
        ioBoundary: params.optimal_io_boundary,
        ioTypes: spdk.traits.mallocIoTypes,
        numaId: numa_id,
        store: new MemoryStore(),
        ...(md_size === 0
          ? {}
          : {
              metadata: {
                size: md_size,
                interleaved,
                difType: dif_type,
                difIsHeadOfMd: params.dif_is_head_of_md ?? false,
                difPiFormat: dif_pi_format,
              },
            }),
        // Protection information needs the processor's eyes on the data (recorded: new.bdev/get_dif has no domains).
        ...(spdk.traits.showsMallocMemoryDomains && dif_type === 0
          ? { memoryDomains: () => SYSTEM_AND_ACCEL_MEMORY }
          : {}),
        driverSpecific: () => ({}),
      }).name;
    },
  }),

  verb("bdev_malloc_delete", {
    params: { name: string },
    run(spdk, { name }) {
      spdk.bdevs.unregister(spdk.bdevs.getOf("malloc", name));
      return true;
    },
  }),
];

function mallocBytes(spdk: SpdkState): number {
  let bytes = 0;
  for (const bdev of spdk.bdevs.all()) if (bdev.spec.module === "malloc") bytes += bdev.numBlocks * bdev.blockSize;
  return bytes;
}
