import type { BdevUser } from "../bdev/bdev";
import type { NvmfNamespace } from "../nvmf/namespace";
import { isValidNqn } from "../nvmf/nqn";
import type { NvmfSubsystem } from "../nvmf/subsystem";
import { RpcFault, wouldBreakSpdk } from "../rpc/fault";
import { boolean, hexadecimal, object, optional, string, uint32, uuid } from "../rpc/params";
import { INVALID_PARAMETERS, verb } from "../rpc/verb";
import type { SpdkState } from "../state";
import { requireTarget } from "./nvmf-transport";

const NAMESPACE = {
  nsid: optional(uint32),
  bdev_name: string,
  ptpl_file: optional(string),
  nguid: optional(hexadecimal(16)),
  eui64: optional(hexadecimal(8)),
  uuid: optional(uuid),
  anagrpid: optional(uint32),
  no_auto_visible: optional(boolean),
};

/** Namespaces of subsystems, and which hosts see them. Whatever is wrong, the answer is the same. */
export const nvmfNamespaceVerbs = [
  verb("nvmf_subsystem_add_ns", {
    params: { nqn: string, tgt_name: optional(string) },
    former: { namespace: object(NAMESPACE) },
    newer: { namespace: object({ ...NAMESPACE, hide_metadata: optional(boolean) }) },
    undecodable: INVALID_PARAMETERS,
    run(spdk, { nqn, tgt_name, namespace: wish }) {
      requireTarget(tgt_name);
      // Either version demands it.
      if (wish === undefined) throw refusal();
      const subsystem = findSubsystem(spdk, nqn);
      refuseSelfConnection(spdk, subsystem);
      // Zero asks for the default, as absence does (recorded: new.nvmf/ns_anagrp_0).
      const nsid = asked(wish.nsid) ?? subsystem.freeNsid();
      if (nsid === undefined || nsid > subsystem.spec.maxNamespaces || subsystem.namespaces.has(nsid)) throw refusal();
      const anaGroup = asked(wish.anagrpid) ?? nsid;
      if (anaGroup > subsystem.spec.maxNamespaces) throw refusal();
      const bdev = spdk.bdevs.find(wish.bdev_name);
      if (bdev === undefined || bdev.claimedBy !== undefined) throw refusal();

      const user: BdevUser = {
        onBdevRemoved: () => {
          removeNamespace(spdk, subsystem, namespace);
        },
        onBdevResized: () => {
          subsystem.announceNamespaces();
        },
      };
      const id = wish.uuid ?? bdev.uuid;
      const namespace: NvmfNamespace = {
        nsid,
        bdev,
        store: spdk.nvmf.countIo(spdk.storeOf(bdev)),
        user,
        uuid: id,
        nguid: wish.nguid ?? id.replaceAll("-", "").toUpperCase(),
        eui64: wish.eui64,
        anaGroup,
        autoVisible: wish.no_auto_visible !== true,
        visibleTo: new Set(),
      };
      spdk.bdevs.claim(bdev, user, "nvmf");
      subsystem.namespaces.set(nsid, namespace);
      subsystem.announceNamespaces();
      return nsid;
    },
  }),

  verb("nvmf_subsystem_remove_ns", {
    params: { nqn: string, nsid: uint32, tgt_name: optional(string) },
    undecodable: INVALID_PARAMETERS,
    run(spdk, { nqn, nsid, tgt_name }) {
      requireTarget(tgt_name);
      const subsystem = findSubsystem(spdk, nqn);
      const namespace = subsystem.namespaces.get(nsid);
      if (namespace === undefined) throw refusal();
      refuseSelfConnection(spdk, subsystem);
      removeNamespace(spdk, subsystem, namespace);
      return true;
    },
  }),

  verb("nvmf_subsystem_set_ns_ana_group", {
    params: { nqn: string, nsid: uint32, anagrpid: uint32, tgt_name: optional(string) },
    undecodable: INVALID_PARAMETERS,
    run(spdk, { nqn, nsid, anagrpid, tgt_name }) {
      requireTarget(tgt_name);
      const subsystem = findSubsystem(spdk, nqn);
      const namespace = subsystem.namespaces.get(nsid);
      if (namespace === undefined || !subsystem.spec.anaReporting) throw refusal();
      if (anagrpid < 1 || anagrpid > subsystem.spec.maxNamespaces) throw refusal();
      namespace.anaGroup = anagrpid;
      subsystem.announceNamespaces();
      return true;
    },
  }),

  verb("nvmf_ns_add_host", {
    params: { nqn: string, nsid: uint32, host: string, tgt_name: optional(string) },
    undecodable: INVALID_PARAMETERS,
    run(spdk, params) {
      const { subsystem, namespace } = findMasked(spdk, params);
      namespace.visibleTo.add(params.host);
      subsystem.announceNamespaces();
      return true;
    },
  }),

  verb("nvmf_ns_remove_host", {
    params: { nqn: string, nsid: uint32, host: string, tgt_name: optional(string) },
    undecodable: INVALID_PARAMETERS,
    run(spdk, params) {
      const { subsystem, namespace } = findMasked(spdk, params);
      namespace.visibleTo.delete(params.host);
      subsystem.announceNamespaces();
      return true;
    },
  }),
];

/** Gives the bdev back and tells connected hosts. */
export function removeNamespace(spdk: SpdkState, subsystem: NvmfSubsystem, namespace: NvmfNamespace): void {
  subsystem.namespaces.delete(namespace.nsid);
  spdk.bdevs.release(namespace.bdev, namespace.user);
  subsystem.announceNamespaces();
}

function asked(number: number | undefined): number | undefined {
  return number === 0 ? undefined : number;
}

function refusal(): RpcFault {
  return new RpcFault(INVALID_PARAMETERS.code, INVALID_PARAMETERS.message);
}

function findSubsystem(spdk: SpdkState, nqn: string): NvmfSubsystem {
  const subsystem = spdk.nvmf.find(nqn);
  if (subsystem === undefined) throw refusal();
  return subsystem;
}

/** Only a namespace that is not visible by itself has hosts of its own (recorded: new.nvmf/vis_auto_ns). */
function findMasked(
  spdk: SpdkState,
  params: { readonly nqn: string; readonly nsid: number; readonly host: string; readonly tgt_name?: string },
): { readonly subsystem: NvmfSubsystem; readonly namespace: NvmfNamespace } {
  requireTarget(params.tgt_name);
  const subsystem = findSubsystem(spdk, params.nqn);
  const namespace = subsystem.namespaces.get(params.nsid);
  if (namespace === undefined || namespace.autoVisible || !isValidNqn(params.host)) throw refusal();
  return { subsystem, namespace };
}

/** Recorded: selfloop/add_ns_deadlocks – a target that is its own initiator waits for itself for ever. */
function refuseSelfConnection(spdk: SpdkState, subsystem: NvmfSubsystem): void {
  if (subsystem.controllers.some((controller) => controller.host.owner === spdk))
    throw wouldBreakSpdk(`changing namespaces of ${subsystem.spec.nqn}, to which this SPDK is connected itself`);
}
