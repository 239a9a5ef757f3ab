import { parseTransportId, sameAddress, type TransportId } from "../fabric/transport-id";
import { readOwnersFile } from "../keyring/keyring";
import { NvmeController } from "../nvme/controller";
import type { PathOptions } from "../nvme/path";
import { MULTIPATH_OPTIONS } from "../nvme/multipath";
import { isConsistent } from "../nvme/resilience";
import { isInterchangePsk } from "../nvmf/psk";
import { errnoFault, INVALID_PARAMS, RpcFault } from "../rpc/fault";
import { boolean, int32, oneOf, optional, string, uint32, uint64, type Decoded } from "../rpc/params";
import { verb } from "../rpc/verb";
import type { SpdkState } from "../state";

const ATTACH_PARAMS = {
  name: string,
  trtype: string,
  traddr: string,
  adrfam: optional(string),
  trsvcid: optional(string),
  priority: optional(string),
  subnqn: optional(string),
  hostnqn: optional(string),
  hostaddr: optional(string),
  hostsvcid: optional(string),
  prchk_reftag: optional(boolean),
  prchk_guard: optional(boolean),
  hdgst: optional(boolean),
  ddgst: optional(boolean),
  fabrics_connect_timeout_us: optional(uint64),
  multipath: optional(oneOf("disable", "failover", "multipath")),
  num_io_queues: optional(uint32),
  ctrlr_loss_timeout_sec: optional(int32),
  reconnect_delay_sec: optional(uint32),
  fast_io_fail_timeout_sec: optional(uint32),
  psk: optional(string),
  max_bdevs: optional(uint32),
  dhchap_key: optional(string),
  dhchap_ctrlr_key: optional(string),
};

const NEWER_ATTACH_PARAMS = {
  allow_unrecognized_csi: optional(boolean),
  multipath_opts: optional(MULTIPATH_OPTIONS),
};

type AttachParams = Decoded<typeof ATTACH_PARAMS>;

/** Attaching and detaching NVMe controllers. */
export const bdevNvmeAttachVerbs = [
  verb("bdev_nvme_attach_controller", {
    params: ATTACH_PARAMS,
    newer: NEWER_ATTACH_PARAMS,
    run(spdk, params) {
      const trid = parseTransportId(params);
      const existing = spdk.nvme.find(params.name);
      if (existing !== undefined) refuseAsSecondPath(spdk, existing, trid, params);
      spdk.nvme.requireUnattached(trid, params.hostnqn);
      if (!isConsistent(resilienceOf(params))) throw errnoFault("EINVAL");

      const options = pathOptions(spdk, params);
      if (existing === undefined) {
        const { hostnqn = spdk.nvme.defaultHostNqn } = params;
        const controller = new NvmeController(spdk, params.name, trid.subnqn, hostnqn, {
          ...describeAttach(trid, params),
          ...spdk.traits.attachDefaults,
        });
        controller.policy = params.multipath_opts?.policy ?? controller.policy;
        const bdevs = controller.addPath(trid, options);
        spdk.nvme.add(controller);
        spdk.queueRequestsAreSized();
        return bdevs;
      }
      return params.multipath === "multipath" ? existing.addPath(trid, options) : existing.addAlternate(trid);
    },
  }),

  verb("bdev_nvme_set_keys", {
    params: { name: string, dhchap_key: optional(string), dhchap_ctrlr_key: optional(string) },
    undecodable: { code: INVALID_PARAMS, message: "spdk_json_decode_object failed" },
    run(spdk, { name, dhchap_key, dhchap_ctrlr_key }) {
      const controller = spdk.nvme.get(name);
      if (dhchap_key === undefined && dhchap_ctrlr_key !== undefined) throw errnoFault("EINVAL");
      const dhchapKey = readKey(spdk, dhchap_key);
      const dhchapControllerKey = readKey(spdk, dhchap_ctrlr_key);
      const keys = [dhchap_key, dhchap_ctrlr_key]
        .map((key) => spdk.keyring.find(key ?? ""))
        .filter((key) => key !== undefined);
      controller.setKeys((options) => ({
        ...options,
        host: { ...options.host, dhchapKey, dhchapControllerKey },
        keys: [...options.keys.filter((key) => key.read() === options.host.psk), ...keys],
      }));
      return true;
    },
  }),

  verb("bdev_nvme_detach_controller", {
    params: {
      name: string,
      trtype: optional(string),
      traddr: optional(string),
      adrfam: optional(string),
      trsvcid: optional(string),
      subnqn: optional(string),
      hostaddr: optional(string),
      hostsvcid: optional(string),
    },
    run(spdk, { name, trtype, traddr, adrfam, trsvcid, subnqn }) {
      spdk.nvme.get(name);
      const wanted = parseTransportId({ trtype, traddr: traddr ?? "", adrfam, trsvcid, subnqn });
      spdk.nvme.detach(
        name,
        (trid) =>
          (trtype === undefined || trid.trtype === wanted.trtype) &&
          (traddr === undefined || trid.traddr.toLowerCase() === traddr.toLowerCase()) &&
          (adrfam === undefined || trid.adrfam === wanted.adrfam) &&
          (trsvcid === undefined || trid.trsvcid === trsvcid) &&
          (subnqn === undefined || trid.subnqn === subnqn),
      );
      return true;
    },
  }),
];

function refuseAsSecondPath(spdk: SpdkState, existing: NvmeController, trid: TransportId, params: AttachParams): void {
  const say = (text: string): string =>
    `A controller named ${params.name} already exists${text}${spdk.traits.messageEnd}`;
  if (params.multipath === "disable")
    throw new RpcFault(errnoFault("EALREADY").code, say(" and multipath is disabled"));
  if (existing.has((known) => sameAddress(known, trid) && known.subnqn === trid.subnqn))
    throw new RpcFault(errnoFault("EALREADY").code, say(" with the specified network path"));
  // Recorded: special.remote/failover_path5_other_subsystem.
  if (existing.subnqn !== trid.subnqn)
    throw new RpcFault(errnoFault("EINVAL").code, say(`, but uses a different subnqn (${existing.subnqn})`));
  if (params.hostnqn !== undefined && existing.hostnqn !== params.hostnqn)
    throw new RpcFault(errnoFault("EINVAL").code, say(`, but uses a different hostnqn (${existing.hostnqn})`));
}

function resilienceOf(params: AttachParams): {
  readonly ctrlrLossTimeout: number;
  readonly reconnectDelay: number;
  readonly fastIoFailTimeout: number;
} {
  return {
    ctrlrLossTimeout: params.ctrlr_loss_timeout_sec ?? 0,
    reconnectDelay: params.reconnect_delay_sec ?? 0,
    fastIoFailTimeout: params.fast_io_fail_timeout_sec ?? 0,
  };
}

function pathOptions(spdk: SpdkState, params: AttachParams): PathOptions {
  const { psk, dhchap_key, dhchap_ctrlr_key } = params;
  const names = [psk, dhchap_key, dhchap_ctrlr_key];
  return {
    keys: names.map((name) => spdk.keyring.find(name ?? "")).filter((key) => key !== undefined),
    host: {
      nqn: params.hostnqn ?? spdk.nvme.defaultHostNqn,
      id: spdk.nvme.hostId,
      owner: spdk,
      psk: psk === undefined ? undefined : readPsk(spdk, psk),
      dhchapKey: readKey(spdk, dhchap_key),
      dhchapControllerKey: readKey(spdk, dhchap_ctrlr_key),
    },
    hostAddress: params.hostaddr ?? "",
    hostService: params.hostsvcid ?? "",
  };
}

/** A key of the keyring, or in 24.05 a file's path (recorded: new.nvme_auth/attach_psk_unknown_key, …/attach_psk_path). */
function readPsk(spdk: SpdkState, nameOrPath: string): string {
  const { takesPskPaths, missingPsk } = spdk.traits;
  const text = spdk.keyring.find(nameOrPath)?.read() ?? (takesPskPaths ? readOwnersFile(nameOrPath) : undefined);
  if (text === undefined) throw errnoFault(missingPsk);
  // Recorded: special.remote/tls_listener_garbage_psk.
  if (!isInterchangePsk(text)) throw errnoFault("ENODEV");
  return text;
}

function readKey(spdk: SpdkState, name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const text = spdk.keyring.find(name)?.read();
  if (text === undefined) throw errnoFault("ENOKEY");
  return text;
}

/** As framework_get_config repeats the call (recorded: new.nvme_auth/config_bdev). */
function describeAttach(trid: TransportId, params: AttachParams): Readonly<Record<string, unknown>> {
  const { trtype, adrfam, traddr, trsvcid, subnqn } = trid;
  const given = (key: keyof AttachParams): Partial<AttachParams> =>
    params[key] === undefined ? {} : { [key]: params[key] };
  return {
    name: params.name,
    trtype,
    adrfam,
    traddr,
    trsvcid,
    subnqn,
    prchk_reftag: params.prchk_reftag ?? false,
    prchk_guard: params.prchk_guard ?? false,
    ctrlr_loss_timeout_sec: params.ctrlr_loss_timeout_sec ?? 0,
    reconnect_delay_sec: params.reconnect_delay_sec ?? 0,
    fast_io_fail_timeout_sec: params.fast_io_fail_timeout_sec ?? 0,
    ...given("psk"),
    ...given("dhchap_key"),
    ...given("dhchap_ctrlr_key"),
    ...given("hostnqn"),
    hdgst: params.hdgst ?? false,
    ddgst: params.ddgst ?? false,
  };
}
