import { failedPrecondition, invalidArgument, notFound } from "../aip/status";
import type {
  StatsVirtioScsiLunRequest,
  VirtioScsiLun,
  VirtioScsiTarget,
} from "../../provider/wire/opi_api/storage/v1/frontend_virtio_scsi";
import type { Store, StoredObject } from "../store/store";
import { lost } from "./bdev";
import type { Step } from "../saga/steps";
import type { Kind } from "./kind";
import { WHOLE } from "./presence";
import type { Spdk } from "./spdk";
import { scsiControllerName, vhostController } from "./vhost";
import { MOST_LUNS, roomOf } from "./virtio-scsi-target";

interface LunState {
  readonly ctrlr: string;
  /** Place in SPDK's vhost-scsi controller: the SCSI target number. SPDK gives each one logical unit, number 0. */
  readonly place: number;
  readonly bdev: string;
  readonly targetId: string;
}

export const virtioScsiLun: Kind<VirtioScsiLun, LunState> = {
  type: "opi_api.storage.v1.VirtioScsiLun",
  service: "opi_api.storage.v1.FrontendVirtioScsiService",
  updatable: [],
  secrets: [],
  refusals: [],
  isVolume: false,

  check() {
    // Both fields are references; whether they lead somewhere is for create to see.
  },

  async create({ object }, environment, field) {
    const { spdk, store, volumes } = environment;
    const target = findTarget(store, object.targetNameRef, `${field}.target_name_ref`);
    const luns = store.dependentsOf(target.name);
    // findTarget only finds objects of this type.
    const room = roomOf(target.object as VirtioScsiTarget);
    if (luns.length >= room)
      throw failedPrecondition(
        `${field}.target_name_ref: ${target.name} is full: it holds ${luns.join(", ")} of ${room}`,
      );
    const volume = await volumes.resolveUnclaimed(object.volumeNameRef, `${field}.volume_name_ref`, environment);
    const ctrlr = scsiControllerName(target.id);
    const place = await lowestFreePlace(spdk, ctrlr);
    const state = { ctrlr, place, bdev: volume.bdev, targetId: target.id };
    return { uses: [target.name, ...volume.uses], steps: [addStep(spdk, state)], state: () => state };
  },

  async remove({ state }, { spdk }) {
    return [{ label: "vhost_scsi_controller_remove_target", apply: () => removePlace(spdk, state.ctrlr, state.place) }];
  },

  async inspect({ state }, { spdk }) {
    const controller = await vhostController(spdk, state.ctrlr);
    const there = controller?.backend_specific.scsi?.find((target) => target.scsi_dev_num === state.place);
    if (there === undefined) return { found: "nothing", steps: async () => [addStep(spdk, state)] };
    const bdev = there.luns[0]?.bdev_name;
    if (bdev === state.bdev) return WHOLE;
    return {
      found: "other",
      what: `${bdev ?? "something else"} at target ${state.place} of vhost controller ${state.ctrlr}, not ${state.bdev}`,
    };
  },

  async observe({ name, object, state }, { spdk }) {
    const places = await takenPlaces(spdk, state.ctrlr);
    if (!places.includes(state.place)) throw lost(name, `target ${state.place} of vhost controller ${state.ctrlr}`);
    return object;
  },

  async bdevs({ state }, { store }, request) {
    // The service definition decodes this type for the method.
    const { controllerNameRef } = request as StatsVirtioScsiLunRequest;
    if (controllerNameRef !== "") checkController(store, controllerNameRef, state.targetId);
    return [state.bdev];
  },
};

/** The place stays the object's for good: hosts know the logical unit by it. */
function addStep(spdk: Spdk, { ctrlr, place, bdev }: LunState): Step {
  return {
    label: "vhost_scsi_controller_add_target",
    apply: () => spdk.call("vhost_scsi_controller_add_target", { ctrlr, scsi_target_num: place, bdev_name: bdev }),
    undo: () => removePlace(spdk, ctrlr, place),
  };
}

function findTarget(store: Store, reference: string, field: string): StoredObject {
  const name = reference.includes("/") ? reference : `virtioScsiTargets/${reference}`;
  const found = name.startsWith("virtioScsiTargets/") ? store.get(name) : undefined;
  if (found === undefined)
    throw notFound(`${field}: ${JSON.stringify(reference)} is no virtio-scsi target of this agent`);
  return found;
}

/** A controller that counters are asked through must be the one that shows the target: the one of the same id. */
function checkController(store: Store, reference: string, targetId: string): void {
  const name = reference.includes("/") ? reference : `virtioScsiControllers/${reference}`;
  const found = name.startsWith("virtioScsiControllers/") ? store.get(name) : undefined;
  if (found === undefined)
    throw notFound(`controller_name_ref: ${JSON.stringify(reference)} is no virtio-scsi controller of this agent`);
  if (found.id !== targetId)
    throw invalidArgument(`controller_name_ref: ${found.name} does not show the target virtioScsiTargets/${targetId}`);
}

async function takenPlaces(spdk: Spdk, ctrlr: string): Promise<readonly number[]> {
  const controller = await vhostController(spdk, ctrlr);
  return controller?.backend_specific.scsi?.map((target) => target.scsi_dev_num) ?? [];
}

async function lowestFreePlace(spdk: Spdk, ctrlr: string): Promise<number> {
  const taken = await takenPlaces(spdk, ctrlr);
  for (let place = 0; place < MOST_LUNS; place++) if (!taken.includes(place)) return place;
  throw failedPrecondition(`all ${MOST_LUNS} places of vhost controller ${ctrlr} are taken`);
}

/** Removing from an empty place is "Device or resource busy" (vhost/rm_tgt_missing), so it is looked for first. */
async function removePlace(spdk: Spdk, ctrlr: string, place: number): Promise<void> {
  if ((await takenPlaces(spdk, ctrlr)).includes(place))
    await spdk.call("vhost_scsi_controller_remove_target", { ctrlr, scsi_target_num: place });
}
