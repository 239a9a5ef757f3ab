import type { Step } from "../saga/steps";
import type { SpdkVhostController } from "../spdk";
import type { Spdk } from "./spdk";

/** virtio-blk and virtio-scsi controllers share SPDK's names for vhost controllers; ids of the contract's types do not. */
export const blkControllerName = (id: string): string => `blk-${id}`;
export const scsiControllerName = (id: string): string => `scsi-${id}`;

export async function vhostController(spdk: Spdk, ctrlr: string): Promise<SpdkVhostController | undefined> {
  const found = await spdk.unlessGone<readonly SpdkVhostController[]>("vhost_get_controllers", { name: ctrlr });
  return found?.[0];
}

export function createVhostStep(spdk: Spdk, verb: string, ctrlr: string, params: object = {}): Step {
  return {
    label: verb,
    apply: () => spdk.call(verb, { ctrlr, ...params }),
    undo: () => spdk.discard("vhost_delete_controller", { ctrlr }),
  };
}

export function deleteVhostStep(spdk: Spdk, ctrlr: string): Step {
  return { label: "vhost_delete_controller", apply: () => spdk.discard("vhost_delete_controller", { ctrlr }) };
}
