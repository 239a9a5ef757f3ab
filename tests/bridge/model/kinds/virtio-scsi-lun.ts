import type { WireMessage } from "../../../../provider/catalogue/values/wire";
import type { Kind } from "../kind";
import { idOf } from "../kind";
import { allVhosts, vhostNamed, type VhostController } from "./vhost";

/** A controller's name, where the volume should be, and no name at all (recorded: VirtioScsiLun/get). */
const told = ({ ctrlr }: VhostController): WireMessage => ({ volumeNameRef: `volumes/${ctrlr}` });

/** The one target of a controller that it knows. */
const TARGET = 5;

/** Hangs on the controller that has its own id; the target asked for plays no part (recorded: special.names/lun_…). */
export const virtioScsiLun: Kind = {
  noun: "VirtioScsiLun",
  end: "frontend",
  collection: "volumes",
  create: async (bridge, { id, name, body }) => {
    const where = { ctrlr: id, scsi_target_num: TARGET, bdev_name: body.volumeNameRef };
    await bridge.spdk.call("vhost_scsi_controller_add_target", where);
    return { ...body, name };
  },
  read: async (bridge, stored) => told(await vhostNamed(bridge, idOf(stored.name))),
  update: { kind: "known objects", apply: () => ({}) },
  remove: async (bridge, stored) => {
    const where = { ctrlr: idOf(stored.name), scsi_target_num: TARGET };
    await bridge.spdk.call("vhost_scsi_controller_remove_target", where);
  },
  list: async (bridge) => (await allVhosts(bridge)).map(told),
  order: (entry) => String(entry.volumeNameRef),
  stats: { kind: "counters", read: () => ({}) },
};
