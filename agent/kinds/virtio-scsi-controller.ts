import { invalidArgument } from "../aip/status";
import type { VirtioScsiController } from "../../provider/wire/opi_api/storage/v1/frontend_virtio_scsi";
import { lost } from "./bdev";
import type { Kind, Refusal } from "./kind";
import { checkFunction, functionKey, refuseTakenFunction, type FunctionState } from "./pcie-function";
import { isLimited } from "./rate-limit";
import { scsiControllerName, vhostController } from "./vhost";
import { joinSteps, leaveSteps, scsiBdevs, scsiPresence } from "./virtio-scsi";

const NO_LIMITS = "SPDK limits volumes, not controllers: use a QosVolume";
const REFUSALS: readonly Refusal[] = [
  { path: "min_limit", reason: NO_LIMITS },
  { path: "max_limit", reason: NO_LIMITS },
];

export const virtioScsiController: Kind<VirtioScsiController, FunctionState> = {
  type: "opi_api.storage.v1.VirtioScsiController",
  service: "opi_api.storage.v1.FrontendVirtioScsiService",
  updatable: [],
  secrets: [],
  refusals: REFUSALS,
  isVolume: false,

  check(controller, field) {
    checkFunction(controller.pcieId, `${field}.pcie_id`);
    if (isLimited(controller.minLimit)) throw invalidArgument(`${field}.min_limit: ${NO_LIMITS}`);
    if (isLimited(controller.maxLimit)) throw invalidArgument(`${field}.max_limit: ${NO_LIMITS}`);
  },

  async create({ id, object }, environment, field) {
    const pcieFunction = object.pcieId === undefined ? undefined : functionKey(object.pcieId);
    if (pcieFunction !== undefined) refuseTakenFunction(environment.store, pcieFunction, `${field}.pcie_id`);
    return { steps: joinSteps(environment, "virtioScsiControllers", id), state: () => ({ pcieFunction }) };
  },

  async remove({ id }, environment) {
    return leaveSteps(environment, "virtioScsiControllers", id);
  },

  inspect: ({ id }, environment) => scsiPresence(environment, id),

  async observe({ name, id, object }, { spdk }) {
    const ctrlr = scsiControllerName(id);
    if ((await vhostController(spdk, ctrlr)) === undefined) throw lost(name, `vhost controller ${ctrlr}`);
    return object;
  },

  bdevs: ({ id }, environment) => scsiBdevs(environment, id),
};
