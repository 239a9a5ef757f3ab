import type { Bridge, Kind } from "../kind";
import { idOf, nameOf } from "../kind";
import { allBdevs, bdevCounters, bdevNamed, withUuid } from "./bdev";

const make = (bridge: Bridge, name: string, sizes: object): Promise<unknown> =>
  bridge.spdk.call("bdev_malloc_create", { ...sizes, name });

export const mallocVolume: Kind = {
  noun: "MallocVolume",
  end: "backend",
  collection: "volumes",
  create: async (bridge, { id, name, body }) => {
    const metadata = Number(body.metadataSize);
    await make(bridge, id, {
      num_blocks: Number(body.blocksCount),
      block_size: Number(body.blockSize),
      ...(metadata === 0 ? {} : { md_size: metadata }),
      md_interleave: true,
    });
    return { ...body, name };
  },
  // With metadata the block size comes back larger (recorded: MallocVolume.bad/get_metadata_8).
  read: async (bridge, stored) => withUuid(await bdevNamed(bridge, idOf(stored.name))),
  update: {
    kind: "known objects",
    // Recorded: MallocVolume/update_mask_one, special.deps/update_malloc_in_use.
    apply: async (bridge, stored, body) => {
      await bridge.spdk.call("bdev_malloc_delete", { name: idOf(stored.name) });
      await make(bridge, idOf(stored.name), { num_blocks: 64, block_size: 512 });
      bridge.memory.of("MallocVolume").set(nameOf(body), body);
      return body;
    },
    upsert: async (bridge, body) => {
      await make(bridge, idOf(body.name), { num_blocks: Number(body.blocksCount), block_size: Number(body.blockSize) });
      return body;
    },
  },
  remove: (bridge, stored) => bridge.spdk.call("bdev_malloc_delete", { name: idOf(stored.name) }),
  list: async (bridge) => (await allBdevs(bridge)).map(withUuid),
  stats: bdevCounters,
};
