import { status } from "@grpc/grpc-js";
import type { WireMessage } from "../../../../provider/catalogue/values/wire";
import { NvmeTransportType as Transport } from "../../../../provider/wire/opi_api/storage/v1/opicommon";
import type { Bridge, Kind } from "../kind";
import { nameOf } from "../kind";
import { BridgeStatus, unknown } from "../status";
import { noCounters } from "./bdev";
import { adrfamText, trtypeName, trtypeText } from "./enum-text";
import { specOf, subsystemOf } from "./nvme-subsystem";

export const parentIn = (name: string): string => name.split("/").slice(0, -2).join("/");

/** Which endpoint belongs to which transport (recorded: NvmeController.bad/create_tcp_with_pcie, create_fc). */
export function validate(body: WireMessage): void {
  const { trtype, fabricsId, pcieId } = specOf(body);
  const isFabrics = trtype === Transport.NVME_TRANSPORT_TYPE_TCP || trtype === Transport.NVME_TRANSPORT_TYPE_RDMA;
  if (!isFabrics && trtype !== Transport.NVME_TRANSPORT_TYPE_PCIE)
    throw unknown(`not supported transport type: ${trtypeName(trtype)}`);
  if ((isFabrics ? fabricsId : pcieId) === undefined) throw unknown("invalid endpoint type passed for transport");
}

async function listen(bridge: Bridge, verb: "add" | "remove", subsystem: WireMessage, spec: WireMessage) {
  const { trtype } = spec;
  // TCP alone is registered; PCIe needs the bridge's -kvm mode (recorded: NvmeController.bad/create_pcie, create_rdma).
  if (trtype !== Transport.NVME_TRANSPORT_TYPE_TCP)
    throw new BridgeStatus(status.NOT_FOUND, `handler for transport type ${trtypeName(trtype)} is not registered`);
  const { nqn, psk } = specOf(subsystem);
  const { traddr, trsvcid, adrfam } = (spec.fabricsId ?? {}) as WireMessage;
  await bridge.spdk.call(`nvmf_subsystem_${verb}_listener`, {
    nqn,
    ...(verb === "add" && (psk as Uint8Array).length > 0 ? { secure_channel: true } : {}),
    listen_address: { trtype: trtypeText(trtype).toLowerCase(), traddr, trsvcid, adrfam: adrfamText(adrfam) },
  });
}

export const nvmeController: Kind = {
  noun: "NvmeController",
  end: "frontend",
  collection: "nvmeControllers",
  validate,
  create: async (bridge, { name, parent, body }) => {
    const spec = specOf(body);
    await listen(bridge, "add", subsystemOf(bridge, parent), spec);
    // The id that was asked for is lost (recorded: NvmeController/create).
    return { ...body, name, spec: { ...spec, nvmeControllerId: -1 }, status: { active: true } };
  },
  read: (_, stored) => ({
    name: nameOf(stored),
    spec: { nvmeControllerId: specOf(stored).nvmeControllerId },
    status: { active: true },
  }),
  update: {
    kind: "known objects",
    // Stored, and never told to SPDK (recorded: NvmeController/update_mask_one).
    apply: (bridge, _, body) => {
      const updated = { ...body, status: { active: true } };
      bridge.memory.of("NvmeController").set(nameOf(body), updated);
      return updated;
    },
  },
  remove: async (bridge, stored) => {
    const subsystem = subsystemOf(bridge, parentIn(nameOf(stored)));
    await listen(bridge, "remove", subsystem, specOf(stored));
  },
  // The parent is not looked at (recorded: NvmeController/list_parent_missing).
  list: (bridge) => [...bridge.memory.of("NvmeController").values()],
  endlessList: true,
  stats: noCounters,
};
