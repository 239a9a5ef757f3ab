import type { FabricEvents, FabricHost } from "../fabric/fabric";
import type { Listener } from "./listener";

/** A connected host, from the target's side. */
export interface NvmfController {
  readonly cntlid: number;
  readonly host: FabricHost;
  readonly listener: Listener;
  readonly peerPort: number;
  readonly events: FabricEvents;
}

export function describeController(controller: NvmfController): Record<string, unknown> {
  return {
    cntlid: controller.cntlid,
    hostnqn: controller.host.nqn,
    hostid: controller.host.id,
    num_io_qpairs: 1,
  };
}

/** An idle host has its admin queue only (recorded: new.nvmf/far_qpairs). */
export function describeAdminQueue(controller: NvmfController): Record<string, unknown> {
  const address = controller.listener.describeAddress();
  return {
    cntlid: controller.cntlid,
    qid: 0,
    state: "enabled",
    listen_address: address,
    peer_address: { ...address, trsvcid: String(controller.peerPort) },
  };
}
