import { status } from "@grpc/grpc-js";
import { isDeepStrictEqual } from "node:util";
import type { WireMessage } from "../../../../provider/catalogue/values/wire";
import { NvmeTransportType as Transport } from "../../../../provider/wire/opi_api/storage/v1/opicommon";
import type { Kind } from "../kind";
import { nameOf } from "../kind";
import { referenceKinds } from "../kinds";
import { nvmeController } from "../kinds/nvme-controller";
import { specOf, subsystemOf } from "../kinds/nvme-subsystem";
import { virtioBlk } from "../kinds/virtio-blk";
import { BridgeStatus, invalid } from "../status";

/** Intel's bridge: PCIe controllers and virtio-blk transports of its own (AGENTS.md, "Vendor bridges"). */
const limitsOf = (message: WireMessage): unknown => [specOf(message).minLimit, specOf(message).maxLimit];
const isPcie = (message: WireMessage): boolean => specOf(message).trtype === Transport.NVME_TRANSPORT_TYPE_PCIE;

const controller: Kind = {
  ...nvmeController,
  create: (bridge, creation) => {
    const { name, parent, body } = creation;
    if (!isPcie(body)) return nvmeController.create(bridge, creation);
    subsystemOf(bridge, parent);
    const { portId, physicalFunction } = specOf(body).pcieId as WireMessage;
    if (portId !== 0) throw invalid("only port 0 is supported");
    if (physicalFunction !== 0) throw invalid("only physical function 0 is supported");
    return { ...body, name, spec: { ...specOf(body), nvmeControllerId: -1 }, status: { active: true } };
  },
  again: (_, stored, { body, name }) => {
    if (isDeepStrictEqual(limitsOf(stored), limitsOf(body))) return stored;
    throw new BridgeStatus(status.ALREADY_EXISTS, `controller ${name} exists with other limits`);
  },
  update: {
    kind: "known objects",
    // Limits alone change, and in place.
    apply: (bridge, stored, body) => {
      const { minLimit, maxLimit } = specOf(body);
      const updated = { ...stored, spec: { ...specOf(stored), minLimit, maxLimit } };
      bridge.memory.of("NvmeController").set(nameOf(stored), updated);
      return updated;
    },
  },
  remove: (bridge, stored) => (isPcie(stored) ? undefined : nvmeController.remove(bridge, stored)),
};

const blk: Kind = {
  ...virtioBlk,
  create: async (bridge, { id, name, body }) => {
    if ((body.pcieId as WireMessage).portId !== 0) throw invalid("only port 0 is supported");
    await bridge.spdk.call("vhost_create_blk_controller", { ctrlr: id, dev_name: body.volumeNameRef });
    return { ...body, name };
  },
};

export const intelKinds: readonly Kind[] = [controller, blk, ...referenceKinds];
