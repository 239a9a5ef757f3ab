import { failedPrecondition, invalidArgument } from "../aip/status";
import type { VirtioScsiTarget } from "../../provider/wire/opi_api/storage/v1/frontend_virtio_scsi";
import { lost } from "./bdev";
import type { Kind } from "./kind";
import { scsiControllerName, vhostController } from "./vhost";
import { joinSteps, leaveSteps, scsiBdevs, scsiPresence } from "./virtio-scsi";

/** SPDK has eight places in a vhost-scsi controller (vhost/tgt_8). */
export const MOST_LUNS = 8;

export const virtioScsiTarget: Kind<VirtioScsiTarget, object> = {
  type: "opi_api.storage.v1.VirtioScsiTarget",
  service: "opi_api.storage.v1.FrontendVirtioScsiService",
  updatable: ["max_luns"],
  secrets: [],
  refusals: [],
  isVolume: false,

  check(target, field) {
    if (target.maxLuns < 0 || target.maxLuns > MOST_LUNS)
      throw invalidArgument(
        `${field}.max_luns: ${target.maxLuns} is not between 0 and ${MOST_LUNS}, all that SPDK has`,
      );
  },

  async create({ id }, environment) {
    return { steps: joinSteps(environment, "virtioScsiTargets", id), state: () => ({}) };
  },

  async update({ name }, desired, _changed, { store }, field) {
    const luns = store.dependentsOf(name);
    if (luns.length > roomOf(desired))
      throw failedPrecondition(
        `${field}.max_luns: ${desired.maxLuns} is less than the ${luns.length} it holds: ${luns.join(", ")}`,
      );
    return { steps: [] };
  },

  async remove({ id }, environment) {
    return leaveSteps(environment, "virtioScsiTargets", id);
  },

  inspect: ({ id }, environment) => scsiPresence(environment, id),

  async observe({ name, id, object }, { spdk }) {
    const ctrlr = scsiControllerName(id);
    if ((await vhostController(spdk, ctrlr)) === undefined) throw lost(name, `vhost controller ${ctrlr}`);
    return object;
  },

  bdevs: ({ id }, environment) => scsiBdevs(environment, id),
};

export function roomOf(target: VirtioScsiTarget): number {
  return target.maxLuns === 0 ? MOST_LUNS : target.maxLuns;
}
