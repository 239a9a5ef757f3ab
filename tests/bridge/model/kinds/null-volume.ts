import type { WireMessage } from "../../../../provider/catalogue/values/wire";
import type { Bridge, Kind } from "../kind";
import { idOf } from "../kind";
import { allBdevs, bdevCounters, bdevNamed, withUuid } from "./bdev";

const make = (bridge: Bridge, name: string, blockSize: unknown, blocksCount: unknown): Promise<unknown> =>
  bridge.spdk.call("bdev_null_create", { block_size: Number(blockSize), num_blocks: Number(blocksCount), name });

export const nullVolume: Kind = {
  noun: "NullVolume",
  end: "backend",
  collection: "volumes",
  create: async (bridge, { id, name, body }) => {
    // The UUID is answered, and not given to SPDK (recorded: NullVolume.bad/create_uuid_given).
    await make(bridge, id, body.blockSize, body.blocksCount);
    return { ...body, name };
  },
  read: async (bridge, stored) => withUuid(await bdevNamed(bridge, idOf(stored.name))),
  update: {
    kind: "known objects",
    // Whatever is asked for: 512 × 64, and the data is gone (recorded: NullVolume/update_mask_one).
    apply: async (bridge, stored, body) => {
      await bridge.spdk.call("bdev_null_delete", { name: idOf(stored.name) });
      await make(bridge, idOf(stored.name), 512, 64);
      return remembered(bridge, body);
    },
    upsert: async (bridge, body) => {
      await make(bridge, idOf(body.name), body.blockSize, body.blocksCount);
      return body;
    },
  },
  remove: (bridge, stored) => bridge.spdk.call("bdev_null_delete", { name: idOf(stored.name) }),
  list: async (bridge) => (await allBdevs(bridge)).map(withUuid),
  stats: bdevCounters,
};

function remembered(bridge: Bridge, body: WireMessage): WireMessage {
  bridge.memory.of("NullVolume").set(String(body.name), body);
  return body;
}
