import type { Step } from "../saga/steps";
import type { Environment } from "./kind";
import { WHOLE, type Presence } from "./presence";
import { createVhostStep, deleteVhostStep, scsiControllerName, vhostController } from "./vhost";

/**
 * The contract never links a virtio-scsi target to a controller, and SPDK has one thing for both: a vhost-scsi
 * controller. The target and the controller that share an id belong together: SPDK's is made with the first of the two
 * and deleted with the last.
 */
const TARGET = "virtioScsiTargets";
const CONTROLLER = "virtioScsiControllers";

export type ScsiRole = typeof TARGET | typeof CONTROLLER;

function counterpart({ store }: Environment, role: ScsiRole, id: string): boolean {
  return store.get(`${role === TARGET ? CONTROLLER : TARGET}/${id}`) !== undefined;
}

export function joinSteps(environment: Environment, role: ScsiRole, id: string): readonly Step[] {
  if (counterpart(environment, role, id)) return [];
  return [createVhostStep(environment.spdk, "vhost_create_scsi_controller", scsiControllerName(id))];
}

export function leaveSteps(environment: Environment, role: ScsiRole, id: string): readonly Step[] {
  if (counterpart(environment, role, id)) return [];
  return [deleteVhostStep(environment.spdk, scsiControllerName(id))];
}

export async function scsiPresence({ spdk }: Environment, id: string): Promise<Presence> {
  const ctrlr = scsiControllerName(id);
  const found = await vhostController(spdk, ctrlr);
  if (found?.backend_specific.scsi !== undefined) return WHOLE;
  if (found !== undefined) return { found: "other", what: `a vhost controller ${ctrlr} that is not of SCSI` };
  return { found: "nothing", steps: async () => [createVhostStep(spdk, "vhost_create_scsi_controller", ctrlr)] };
}

/** Block devices of all logical units that hosts reach through the controller. */
export async function scsiBdevs({ spdk }: Environment, id: string): Promise<readonly string[]> {
  const targets = (await vhostController(spdk, scsiControllerName(id)))?.backend_specific.scsi ?? [];
  return targets.flatMap((target) => target.luns.map((lun) => lun.bdev_name));
}
