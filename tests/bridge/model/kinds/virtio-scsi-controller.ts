import type { WireMessage } from "../../../../provider/catalogue/values/wire";
import type { Kind } from "../kind";
import { idOf } from "../kind";
import { allVhosts, vhostNamed, type VhostController } from "./vhost";

const told = ({ ctrlr }: VhostController): WireMessage => ({ name: `volumes/${ctrlr}` });

export const virtioScsiController: Kind = {
  noun: "VirtioScsiController",
  end: "frontend",
  collection: "volumes",
  create: async (bridge, { id, name, body }) => {
    await bridge.spdk.call("vhost_create_scsi_controller", { ctrlr: id });
    return { ...body, name };
  },
  read: async (bridge, stored) => told(await vhostNamed(bridge, idOf(stored.name))),
  // An empty message (recorded: VirtioScsiController/update_mask_one).
  update: { kind: "known objects", apply: () => ({}) },
  remove: (bridge, stored) => bridge.spdk.call("vhost_delete_controller", { ctrlr: idOf(stored.name) }),
  list: async (bridge) => (await allVhosts(bridge)).map(told),
  stats: { kind: "counters", read: () => ({}) },
};
