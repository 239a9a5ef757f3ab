import type { WireMessage } from "../../../../provider/catalogue/values/wire";
import type { Bridge, Kind } from "../kind";
import { idOf, nameOf } from "../kind";
import { allBdevs, bdevCounters, bdevNamed, type Bdev } from "./bdev";

/** The block size is always 512 (recorded: AioVolume.bad/create_block_size_4096). */
const make = (bridge: Bridge, name: string, { filename }: WireMessage): Promise<unknown> =>
  bridge.spdk.call("bdev_aio_create", { name, filename, block_size: 512 });

/** Neither the file nor the UUID is told (recorded: AioVolume/get). */
const told = ({ name, block_size, num_blocks }: Bdev): WireMessage => ({
  name,
  blockSize: BigInt(block_size),
  blocksCount: BigInt(num_blocks),
});

export const aioVolume: Kind = {
  noun: "AioVolume",
  end: "backend",
  collection: "volumes",
  create: async (bridge, { id, name, body }) => {
    await make(bridge, id, body);
    return { ...body, name };
  },
  read: async (bridge, stored) => told(await bdevNamed(bridge, idOf(stored.name))),
  update: {
    kind: "known objects",
    apply: async (bridge, stored, body) => {
      await bridge.spdk.call("bdev_aio_delete", { name: idOf(stored.name) });
      await make(bridge, idOf(stored.name), body);
      bridge.memory.of("AioVolume").set(nameOf(body), body);
      return body;
    },
    upsert: async (bridge, body) => {
      await make(bridge, idOf(body.name), body);
      return body;
    },
  },
  remove: (bridge, stored) => bridge.spdk.call("bdev_aio_delete", { name: idOf(stored.name) }),
  list: async (bridge) => (await allBdevs(bridge)).map(told),
  stats: bdevCounters,
};
