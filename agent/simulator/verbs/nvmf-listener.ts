import { parseTransportId, type TransportId, type TransportIdParams } from "../fabric/transport-id";
import {
  ANA_STATES,
  isLocalAddress,
  isPort,
  Listener,
  placeVfioUserSocket,
  removeVfioUserSocket,
} from "../nvmf/listener";
import { INTERNAL_ERROR, RpcFault } from "../rpc/fault";
import { boolean, object, oneOf, optional, string, uint32 } from "../rpc/params";
import { INVALID_PARAMETERS, verb } from "../rpc/verb";
import type { SpdkState } from "../state";
import { requireSubsystem } from "./nvmf-subsystem";
import { requireTarget } from "./nvmf-transport";

const LISTEN_ADDRESS = object({
  trtype: optional(string),
  adrfam: optional(string),
  traddr: string,
  trsvcid: optional(string),
});

/** Socket implementations the recorded SPDK was built with. */
const SOCKETS: readonly string[] = ["posix", "ssl", "uring"];

const ANA_STATE = oneOf(...ANA_STATES);

/** Addresses at which subsystems are reachable. */
export const nvmfListenerVerbs = [
  verb("nvmf_subsystem_add_listener", {
    params: {
      nqn: string,
      listen_address: LISTEN_ADDRESS,
      tgt_name: optional(string),
      secure_channel: optional(boolean),
      ana_state: optional(ANA_STATE),
      sock_impl: optional(string),
    },
    // Recorded: new.nvmf/lst_numa.
    unknownMembers: "ignored",
    undecodable: INVALID_PARAMETERS,
    run(spdk, params) {
      requireTarget(params.tgt_name);
      const subsystem = requireSubsystem(spdk, params.nqn);
      const secure = params.secure_channel ?? false;
      if (secure && subsystem.allowAnyHost)
        throw new RpcFault(INTERNAL_ERROR, "Cannot establish secure channel, when 'allow_any_host' is set");
      const { sock_impl } = params;
      if (spdk.traits.knowsSocketImplementations && sock_impl !== undefined && !SOCKETS.includes(sock_impl))
        throw refusal();
      const address = parseAddress(spdk, params.listen_address);
      if (subsystem.findListener(address) !== undefined || !canListen(spdk, address)) throw refusal();
      const groups = subsystem.spec.maxNamespaces;
      subsystem.addListener(new Listener(address, secure, groups, params.ana_state, sock_impl));
      return true;
    },
  }),

  verb("nvmf_subsystem_remove_listener", {
    params: { nqn: string, listen_address: LISTEN_ADDRESS, tgt_name: optional(string) },
    undecodable: INVALID_PARAMETERS,
    run(spdk, { nqn, listen_address, tgt_name }) {
      requireTarget(tgt_name);
      const subsystem = requireSubsystem(spdk, nqn);
      const address = parseAddress(spdk, listen_address);
      const listener = subsystem.findListener(address);
      if (listener === undefined) throw refusal();
      subsystem.removeListener(listener);
      if (address.trtype === "VFIOUSER") removeVfioUserSocket(address.traddr);
      return true;
    },
  }),

  verb("nvmf_subsystem_get_listeners", {
    params: { nqn: string, tgt_name: optional(string) },
    undecodable: INVALID_PARAMETERS,
    run(spdk, { nqn, tgt_name }) {
      requireTarget(tgt_name);
      const subsystem = requireSubsystem(spdk, nqn);
      return subsystem.listeners.map((listener) => listener.describe(subsystem.spec.anaReporting));
    },
  }),

  verb("nvmf_subsystem_listener_set_ana_state", {
    params: {
      nqn: string,
      listen_address: LISTEN_ADDRESS,
      ana_state: ANA_STATE,
      anagrpid: optional(uint32),
      tgt_name: optional(string),
    },
    undecodable: INVALID_PARAMETERS,
    run(spdk, { nqn, listen_address, ana_state, anagrpid, tgt_name }) {
      requireTarget(tgt_name);
      const subsystem = requireSubsystem(spdk, nqn);
      const listener = subsystem.findListener(parseAddress(spdk, listen_address));
      if (!subsystem.spec.anaReporting || listener?.setAnaState(ana_state, anagrpid ?? 0) !== true)
        throw new RpcFault(INTERNAL_ERROR, "error setting ANA state: -22");
      subsystem.announceNamespaces();
      return true;
    },
  }),
];

function refusal(): RpcFault {
  return new RpcFault(INVALID_PARAMETERS.code, INVALID_PARAMETERS.message);
}

function parseAddress(spdk: SpdkState, params: TransportIdParams): TransportId {
  try {
    const address = parseTransportId(params);
    if (address.trtype !== "VFIOUSER" || params.adrfam !== undefined) return address;
    return { ...address, adrfam: spdk.traits.vfioUserFamily };
  } catch {
    throw refusal();
  }
}

function canListen(spdk: SpdkState, address: TransportId): boolean {
  if (!spdk.nvmf.transports.has(address.trtype)) return false;
  if (address.trtype === "VFIOUSER") return placeVfioUserSocket(address.traddr);
  return isLocalAddress(address.adrfam, address.traddr) && isPort(address.trsvcid);
}
