import { alreadyExists, failedPrecondition, invalidArgument } from "../aip/status";
import {
  NvmeNamespaceStatus_OperState as OperState,
  NvmeNamespaceStatus_State as State,
  type NvmeNamespace,
  type NvmeNamespaceSpec,
} from "../../provider/wire/opi_api/storage/v1/frontend_nvme";
import { SpdkError, type SpdkNvmfNamespace } from "../spdk";
import type { Environment, Kind } from "./kind";
import { specOf, subsystemOf } from "./nvme-spec";
import { WHOLE } from "./presence";
import { checkUuid, sameSpelling } from "./uuid";

interface NamespaceState {
  readonly nqn: string;
  readonly nsid: number;
  readonly bdev: string;
}

export const nvmeNamespace: Kind<NvmeNamespace, NamespaceState> = {
  type: "opi_api.storage.v1.NvmeNamespace",
  service: "opi_api.storage.v1.FrontendNvmeService",
  updatable: [],
  secrets: [],
  refusals: [],
  isVolume: false,

  check(namespace, field) {
    const spec = specOf(namespace);
    const at = `${field}.spec`;
    if (spec.hostNsid < 0) throw invalidArgument(`${at}.host_nsid: ${spec.hostNsid} is negative`);
    if (spec.nguid !== "" && !/^[0-9a-f]{32}$/i.test(spec.nguid))
      throw invalidArgument(`${at}.nguid: ${JSON.stringify(spec.nguid)} is not 32 hexadecimal digits`);
    checkUuid(spec.uuid, `${at}.uuid`);
  },

  async create({ parent, object }, environment, field) {
    const { spdk, volumes } = environment;
    const spec = specOf(object);
    const at = `${field}.spec`;
    const { nqn } = specOf(subsystemOf(parent));
    const subsystem = await spdk.subsystem(nqn);
    if (spec.hostNsid !== 0) {
      const taken = environment.store
        .list(nvmeNamespace.type, parent?.name)
        .find((sibling) => (sibling.state as NamespaceState).nsid === spec.hostNsid);
      if (taken !== undefined) throw alreadyExists(`${at}.host_nsid: ${spec.hostNsid} belongs to ${taken.name}`);
      // SPDK says no more than "Invalid parameters" (nvmf/ns_nsid_over).
      const most = subsystem?.max_namespaces;
      if (most !== undefined && spec.hostNsid > most)
        throw invalidArgument(`${at}.host_nsid: ${spec.hostNsid} is more than the subsystem's max_namespaces, ${most}`);
    }
    const volume = await volumes.resolveUnclaimed(spec.volumeNameRef, `${at}.volume_name_ref`, environment);
    let nsid = 0;
    return {
      uses: volume.uses,
      steps: [
        {
          label: "nvmf_subsystem_add_ns",
          apply: async () => {
            nsid = await addNamespace(environment, nqn, volume.bdev, spec);
          },
          // By the volume, since the number may not have been learnt: a bdev is one namespace at most.
          undo: () => removeNamespace(environment, nqn, (namespace) => namespace.bdev_name === volume.bdev),
        },
      ],
      state: () => ({ nqn, nsid, bdev: volume.bdev }),
    };
  },

  async remove({ state }, environment) {
    return [
      {
        label: "nvmf_subsystem_remove_ns",
        apply: () => removeNamespace(environment, state.nqn, (namespace) => namespace.nsid === state.nsid),
      },
    ];
  },

  async rollBack({ state }, environment) {
    // The number may be SPDK's choice, and then nobody has learnt it.
    const apply = (): Promise<void> =>
      removeNamespace(environment, state.nqn, (namespace) => namespace.bdev_name === state.bdev);
    return [{ label: "nvmf_subsystem_remove_ns", apply }];
  },

  async inspect({ object, state }, environment) {
    const { nqn, nsid, bdev } = state;
    const own = (namespace: SpdkNvmfNamespace): boolean =>
      nsid === 0 ? namespace.bdev_name === bdev : namespace.nsid === nsid;
    const shown = (await environment.spdk.subsystem(nqn))?.namespaces?.find(own);
    if (shown?.bdev_name === bdev) return WHOLE;
    if (shown !== undefined)
      return { found: "other", what: `the namespace ${nsid} of ${nqn} is of ${shown.bdev_name}, not ${bdev}` };
    // With the number and the identifiers that it had: hosts know it by them.
    const add = (): Promise<number> => addNamespace(environment, nqn, bdev, { ...specOf(object), hostNsid: nsid });
    const undo = (): Promise<void> => removeNamespace(environment, nqn, own);
    return { found: "nothing", steps: async () => [{ label: "nvmf_subsystem_add_ns", apply: add, undo }] };
  },

  async observe({ object, state }, { spdk }) {
    const spec = specOf(object);
    const subsystem = await spdk.subsystem(state.nqn);
    const shown = subsystem?.namespaces?.find((namespace) => namespace.nsid === state.nsid);
    return {
      ...object,
      spec: {
        ...spec,
        hostNsid: state.nsid,
        nguid: sameSpelling(spec.nguid, shown?.nguid),
        eui64: shown?.eui64 === undefined ? spec.eui64 : BigInt.asIntN(64, BigInt(`0x${shown.eui64}`)),
        uuid: sameSpelling(spec.uuid, shown?.uuid),
      },
      status: {
        state: State.STATE_ENABLED,
        // SPDK drops a namespace by itself when its block device goes away.
        operState: shown === undefined ? OperState.OPER_STATE_OFFLINE : OperState.OPER_STATE_ONLINE,
      },
    };
  },

  bdevs: async ({ state }) => [state.bdev],
};

/** 64 bits in a signed field on the wire: 16 digits of their two's complement. */
function eui64Digits(eui64: bigint): string {
  return BigInt.asUintN(64, eui64).toString(16).toUpperCase().padStart(16, "0");
}

async function addNamespace(
  { spdk }: Environment,
  nqn: string,
  bdev: string,
  { hostNsid, nguid, eui64, uuid }: NvmeNamespaceSpec,
): Promise<number> {
  const namespace = {
    bdev_name: bdev,
    ...(hostNsid === 0 ? {} : { nsid: hostNsid }),
    ...(nguid === "" ? {} : { nguid: nguid.toUpperCase() }),
    ...(eui64 === 0n ? {} : { eui64: eui64Digits(eui64) }),
    ...(uuid === "" ? {} : { uuid }),
  };
  try {
    return await spdk.call<number>("nvmf_subsystem_add_ns", { nqn, namespace });
  } catch (error) {
    if (!(error instanceof SpdkError)) throw error;
    throw failedPrecondition(
      `SPDK cannot add the namespace to ${nqn}: ${error.message}; the subsystem may be full, or the namespace id or volume taken outside this agent`,
    );
  }
}

/** Removing a missing namespace is "Invalid parameters" (nvmf/ns_rm_missing), so it is looked for first. */
async function removeNamespace(
  { spdk }: Environment,
  nqn: string,
  which: (namespace: SpdkNvmfNamespace) => boolean,
): Promise<void> {
  const found = (await spdk.subsystem(nqn))?.namespaces?.find(which);
  if (found !== undefined) await spdk.call("nvmf_subsystem_remove_ns", { nqn, nsid: found.nsid });
}
