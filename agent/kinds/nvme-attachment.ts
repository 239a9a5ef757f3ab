import { failedPrecondition } from "../aip/status";
import {
  NvmeMultipath,
  type NvmePath,
  type NvmeRemoteController,
} from "../../provider/wire/opi_api/storage/v1/backend_nvme";
import { NvmeAddressFamily, NvmeTransportType } from "../../provider/wire/opi_api/storage/v1/opicommon";
import type { Step } from "../saga/steps";
import type { Store, StoredObject } from "../store/store";
import { SpdkError, type SpdkKeyringKey, type SpdkNvmeController, type SpdkTransportId } from "../spdk";
import type { Environment } from "./kind";
import { PskKey } from "./psk-key";
import type { Spdk } from "./spdk";

/** A remote controller as its paths need it: SPDK's name of it, and what all its paths share. */
export interface Attachment {
  readonly id: string;
  readonly controller: NvmeRemoteController;
}

/** SPDK answers when the remote side has, or when it has given up on it. */
export const CONNECT_MS = 60_000;

const MULTIPATH: Readonly<Partial<Record<NvmeMultipath, string>>> = {
  [NvmeMultipath.NVME_MULTIPATH_DISABLE]: "disable",
  [NvmeMultipath.NVME_MULTIPATH_FAILOVER]: "failover",
  [NvmeMultipath.NVME_MULTIPATH_MULTIPATH]: "multipath",
};

export function pathsOf(store: Store, controller: string): readonly StoredObject[] {
  return store.list("opi_api.storage.v1.NvmePath", controller);
}

/**
 * A PSK stays a key of SPDK's keyring, with its file, as long as a path is attached: SPDK reads it again whenever it
 * connects again.
 */
export function keyOf({ id, controller }: Attachment, environment: Environment): PskKey | undefined {
  const psk = controller.tcp?.psk;
  return psk === undefined || psk.length === 0 ? undefined : new PskKey(remoteKeyName(id), psk, environment);
}

export const remoteKeyName = (id: string): string => `opi-remote-${id}`;

/** The key, unless the keyring holds it already: it serves all paths of the controller. */
export async function keySteps(attachment: Attachment, environment: Environment): Promise<readonly Step[]> {
  const key = keyOf(attachment, environment);
  if (key === undefined) return [];
  const known = await environment.spdk.call<readonly SpdkKeyringKey[]>("keyring_get_keys");
  return known.some(({ name, removed }) => name === key.name && !removed) ? [] : key.install();
}

/** Whether SPDK has the path among those of the controller. */
export async function isAttached({ id }: Attachment, path: NvmePath, { spdk }: Environment): Promise<boolean> {
  const found = await spdk.unlessGone<readonly SpdkNvmeController[]>("bdev_nvme_get_controllers", { name: id });
  const wanted: Partial<SpdkTransportId> = transportIdOf(path);
  const same = (shown: string | undefined, wish: string | undefined): boolean =>
    wish === undefined || shown?.toLowerCase() === wish.toLowerCase();
  return (found ?? []).some(({ ctrlrs }) =>
    ctrlrs.some(
      ({ trid }) =>
        same(trid.trtype, wanted.trtype) &&
        same(trid.traddr, wanted.traddr) &&
        same(trid.trsvcid, wanted.trsvcid) &&
        same(trid.subnqn, wanted.subnqn),
    ),
  );
}

export function attachSteps(attachment: Attachment, path: NvmePath, environment: Environment): readonly Step[] {
  const { spdk } = environment;
  let bdevs: readonly string[] = [];
  const attachIt: Step = {
    label: "bdev_nvme_attach_controller",
    apply: async () => {
      bdevs = await attach(attachment, path, environment);
    },
    undo: () => detach(attachment, path, environment),
  };
  if (attachment.controller.multipath !== NvmeMultipath.NVME_MULTIPATH_MULTIPATH) return [attachIt];
  // The mode only allows several paths; using all at once is the policy of each block device.
  const useAll: Step = {
    label: "bdev_nvme_set_multipath_policy",
    apply: async () => {
      if (!(await takesPolicy(spdk))) return;
      for (const name of bdevs) await spdk.call("bdev_nvme_set_multipath_policy", { name, policy: ALL_AT_ONCE });
    },
  };
  return [attachIt, useAll];
}

const ALL_AT_ONCE = "active_active";

/** In 26.05 the verb is deprecated for a parameter of the attaching call, which 24.05 does not know (new.nvmf/attach_mp_opts). */
async function takesPolicy(spdk: Spdk): Promise<boolean> {
  return (await spdk.build()).verbs.has("bdev_nvme_set_multipath_policy");
}

export function detachStep(attachment: Attachment, path: NvmePath, environment: Environment): Step {
  return {
    label: "bdev_nvme_detach_controller",
    apply: () => detach(attachment, path, environment),
    undo: async () => {
      for (const step of attachSteps(attachment, path, environment)) await step.apply();
    },
  };
}

async function attach(attachment: Attachment, path: NvmePath, environment: Environment): Promise<readonly string[]> {
  const { id, controller } = attachment;
  const key = keyOf(attachment, environment);
  const onTcp = path.trtype === NvmeTransportType.NVME_TRANSPORT_TYPE_TCP;
  try {
    return await environment.spdk.call<readonly string[]>(
      "bdev_nvme_attach_controller",
      {
        name: id,
        ...transportIdOf(path),
        ...hostOf(path),
        ...(controller.ioQueuesCount === 0n ? {} : { num_io_queues: Number(controller.ioQueuesCount) }),
        ...(onTcp && controller.tcp?.hdgst === true ? { hdgst: true } : {}),
        ...(onTcp && controller.tcp?.ddgst === true ? { ddgst: true } : {}),
        ...(onTcp && key !== undefined ? { psk: key.name } : {}),
        multipath: MULTIPATH[controller.multipath] ?? "disable",
        ...(controller.multipath === NvmeMultipath.NVME_MULTIPATH_MULTIPATH && !(await takesPolicy(environment.spdk))
          ? { multipath_opts: { policy: ALL_AT_ONCE } }
          : {}),
      },
      { timeoutMs: CONNECT_MS },
    );
  } catch (error) {
    throw explain(error, path);
  }
}

function hostOf({ fabrics }: NvmePath): object {
  if (fabrics === undefined) return {};
  return {
    ...(fabrics.hostnqn === "" ? {} : { hostnqn: fabrics.hostnqn }),
    ...(fabrics.sourceTraddr === "" ? {} : { hostaddr: fabrics.sourceTraddr }),
    ...(fabrics.sourceTrsvcid === 0n ? {} : { hostsvcid: fabrics.sourceTrsvcid.toString() }),
  };
}

/** Detaches one path; the block devices go with the last. Done already is fine. */
async function detach({ id }: Attachment, path: NvmePath, { spdk }: Environment): Promise<void> {
  const found = await spdk.unlessGone<readonly SpdkNvmeController[]>("bdev_nvme_get_controllers", { name: id });
  if (found !== undefined) await spdk.discard("bdev_nvme_detach_controller", { name: id, ...transportIdOf(path) });
}

function transportIdOf(path: NvmePath): object {
  if (path.fabrics === undefined) return { trtype: "PCIe", traddr: path.traddr };
  return {
    trtype: path.trtype === NvmeTransportType.NVME_TRANSPORT_TYPE_RDMA ? "RDMA" : "TCP",
    traddr: path.traddr,
    adrfam: path.fabrics.adrfam === NvmeAddressFamily.NVME_ADDRESS_FAMILY_IPV6 ? "IPv6" : "IPv4",
    trsvcid: path.fabrics.trsvcid.toString(),
    subnqn: path.fabrics.subnqn,
  };
}

/** nvme/attach_bad_svc, attach_bad_sub, new.nvme_auth/attach_psk_unknown_key: -13 in 24.05, -126 in 26.05. */
const UNATTACHABLE = [-5, -13, -19, -126];

/** SPDK's bare errno texts say little to somebody who asked for a path. */
function explain(error: unknown, path: NvmePath): unknown {
  if (!(error instanceof SpdkError)) return error;
  const where =
    path.fabrics === undefined ? path.traddr : `${path.fabrics.subnqn} at ${path.traddr} port ${path.fabrics.trsvcid}`;
  if (UNATTACHABLE.includes(error.code))
    return failedPrecondition(
      `SPDK cannot attach ${where}: ${error.message}; is it there, does it allow this host, and is the key right?`,
    );
  return error;
}
