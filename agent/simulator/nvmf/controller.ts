import type { FabricEvents, FabricHost } from "../fabric/fabric";
import type { SpdkTraits } from "../versions/traits";
import type { Listener } from "./listener";

/** A connected host, from the target's side. */
export interface NvmfController {
  readonly cntlid: number;
  readonly host: FabricHost;
  readonly listener: Listener;
  readonly peerPort: number;
  readonly events: FabricEvents;
}

export function describeController(controller: NvmfController, traits: SpdkTraits): Record<string, unknown> {
  return {
    cntlid: controller.cntlid,
    ...(traits.describesHosts ? { cntrltype: "io" } : {}),
    hostnqn: controller.host.nqn,
    hostid: controller.host.id,
    num_io_qpairs: 1,
  };
}

/** An idle host has its admin queue only (recorded: new.nvmf/far_qpairs). */
export function describeAdminQueue(controller: NvmfController, traits: SpdkTraits): Record<string, unknown> {
  const { host } = controller;
  const address = controller.listener.describeAddress();
  return {
    cntlid: controller.cntlid,
    qid: 0,
    state: "enabled",
    ...(traits.describesHosts ? { thread: "nvmf_tgt_poll_group_000", hostnqn: host.nqn } : {}),
    listen_address: address,
    peer_address: { ...address, trsvcid: String(controller.peerPort) },
    // Recorded: new.nvme_auth/far_qpairs_dh.
    ...(traits.describesHosts && host.dhchapKey !== undefined
      ? { auth: { state: "completed", digest: "sha512", dhgroup: "ffdhe8192" } }
      : {}),
  };
}
