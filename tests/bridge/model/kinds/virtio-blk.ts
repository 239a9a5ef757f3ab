import type { WireMessage } from "../../../../provider/catalogue/values/wire";
import type { Kind } from "../kind";
import { idOf } from "../kind";
import { checkName } from "../request/names";
import { invalid } from "../status";
import { allVhosts, vhostNamed, type VhostController } from "./vhost";

/** Whatever it is, it is told to be on function 1 (recorded: VirtioBlk/get). */
const told = ({ ctrlr }: VhostController): WireMessage => ({
  name: `volumes/${ctrlr}`,
  pcieId: { portId: 0, physicalFunction: 1, virtualFunction: 0 },
  volumeNameRef: "TBD",
});

const validate = (body: WireMessage): void => checkName(String(body.volumeNameRef));

export const virtioBlk: Kind = {
  noun: "VirtioBlk",
  end: "frontend",
  collection: "volumes",
  validate,
  validateUpdate: validate,
  create: async (bridge, { id, name, body }) => {
    const { portId, virtualFunction } = body.pcieId as WireMessage;
    if (portId !== 0) throw invalid("only port 0 is supported for vhost-user-blk");
    if (virtualFunction !== 0) throw invalid("virtual functions are not supported for vhost-user-blk");
    await bridge.spdk.call("vhost_create_blk_controller", { ctrlr: id, dev_name: body.volumeNameRef });
    return { ...body, name };
  },
  read: async (bridge, stored) => told(await vhostNamed(bridge, idOf(stored.name))),
  update: { kind: "unimplemented" },
  remove: (bridge, stored) => bridge.spdk.call("vhost_delete_controller", { ctrlr: idOf(stored.name) }),
  list: async (bridge) => (await allVhosts(bridge)).map(told),
  stats: { kind: "unimplemented", text: "StatsVirtioBlk method is not implemented" },
};
