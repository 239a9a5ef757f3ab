import { invalidArgument } from "../aip/status";
import type { VirtioBlk } from "../../provider/wire/opi_api/storage/v1/frontend_virtio_blk";
import { lost } from "./bdev";
import type { Kind } from "./kind";
import { WHOLE } from "./presence";
import { checkFunction, functionKey, refuseTakenFunction, type FunctionState } from "./pcie-function";
import {
  checkMaximum,
  checkNoMinimum,
  clearLimitStep,
  fromSpdk,
  isLimited,
  isLimitedTo,
  limitStep,
  maximumRefusals,
  minimumRefusal,
  refuseSecondLimit,
  type LimitState,
} from "./rate-limit";
import { blkControllerName, createVhostStep, deleteVhostStep, vhostController } from "./vhost";

interface BlkState extends FunctionState, LimitState {
  readonly ctrlr: string;
  readonly bdev: string;
}

/**
 * SPDK's vhost-blk controller. Its upper limits are its block device's, the only ones SPDK has; SPDK has no verb for
 * the number of queue pairs, which is kept as declared.
 */
export const virtioBlk: Kind<VirtioBlk, BlkState> = {
  type: "opi_api.storage.v1.VirtioBlk",
  service: "opi_api.storage.v1.FrontendVirtioBlkService",
  updatable: ["max_io_qps", "min_limit", "max_limit"],
  secrets: [],
  refusals: [minimumRefusal("min_limit"), ...maximumRefusals("max_limit")],
  isVolume: false,

  check(blk, field) {
    checkFunction(blk.pcieId, `${field}.pcie_id`);
    if (blk.maxIoQps < 0n || blk.maxIoQps > 65_535n)
      throw invalidArgument(`${field}.max_io_qps: ${blk.maxIoQps} is not between 0 and 65535`);
    checkNoMinimum(blk.minLimit, `${field}.min_limit`);
    checkMaximum(blk.maxLimit, `${field}.max_limit`);
  },

  async create({ name, id, object }, environment, field) {
    const { spdk, store, volumes } = environment;
    const pcieFunction = object.pcieId === undefined ? undefined : functionKey(object.pcieId);
    if (pcieFunction !== undefined) refuseTakenFunction(store, pcieFunction, `${field}.pcie_id`);
    const volume = await volumes.resolveUnclaimed(object.volumeNameRef, `${field}.volume_name_ref`, environment);
    const limited = isLimited(object.maxLimit);
    if (limited) refuseSecondLimit(store, volume.bdev, name, `${field}.max_limit`);
    const ctrlr = blkControllerName(id);
    return {
      uses: volume.uses,
      steps: [
        createVhostStep(spdk, "vhost_create_blk_controller", ctrlr, { dev_name: volume.bdev }),
        ...(limited ? [limitStep(spdk, volume.bdev, object.maxLimit, undefined)] : []),
      ],
      state: () => ({ ctrlr, bdev: volume.bdev, pcieFunction, ...(limited ? { limitedBdev: volume.bdev } : {}) }),
    };
  },

  async update({ name, object, state }, desired, changed, { spdk, store }, field) {
    if (!changed.some((path) => path.startsWith("max_limit."))) return { steps: [] };
    const limited = isLimited(desired.maxLimit);
    if (limited) refuseSecondLimit(store, state.bdev, name, `${field}.max_limit`);
    return {
      steps: [limitStep(spdk, state.bdev, desired.maxLimit, object.maxLimit)],
      state: () => ({ ...state, limitedBdev: limited ? state.bdev : undefined }),
    };
  },

  async remove({ state }, { spdk }) {
    return [
      ...(state.limitedBdev === undefined ? [] : [clearLimitStep(spdk, state.limitedBdev)]),
      deleteVhostStep(spdk, state.ctrlr),
    ];
  },

  async settle(before, after, { spdk }) {
    // One call sets all limits, so they are the old ones or the new.
    const limits = (await spdk.bdev(before.state.bdev))?.assigned_rate_limits;
    return { keep: isLimitedTo(limits, after.object.maxLimit) ? after : before, steps: [] };
  },

  async inspect({ object, state: { ctrlr, bdev, limitedBdev } }, { spdk }) {
    const controller = await vhostController(spdk, ctrlr);
    const block = controller?.backend_specific.block;
    const create = createVhostStep(spdk, "vhost_create_blk_controller", ctrlr, { dev_name: bdev });
    const limit = limitedBdev === undefined ? [] : [limitStep(spdk, limitedBdev, object.maxLimit, undefined)];
    if (controller === undefined) return { found: "nothing", steps: async () => [create, ...limit] };
    if (block === undefined || (block.bdev !== null && block.bdev !== bdev))
      return { found: "other", what: `a vhost controller ${ctrlr} on ${block?.bdev ?? "something else"}, not ${bdev}` };
    // Its block device went away underneath (vhost/get_after_bdev_gone): one that comes under the same name is not taken.
    if (block.bdev === null)
      return { found: "part", steps: async () => [deleteVhostStep(spdk, ctrlr), create, ...limit] };
    const limits = limitedBdev === undefined ? undefined : (await spdk.bdev(limitedBdev))?.assigned_rate_limits;
    const forgotten = limitedBdev !== undefined && isLimitedTo(limits, undefined);
    return forgotten ? { found: "part", steps: async () => limit } : WHOLE;
  },

  async observe({ name, object, state }, { spdk }) {
    if ((await vhostController(spdk, state.ctrlr)) === undefined) throw lost(name, `vhost controller ${state.ctrlr}`);
    if (state.limitedBdev === undefined) return object;
    const limits = (await spdk.bdev(state.limitedBdev))?.assigned_rate_limits;
    return limits === undefined ? object : { ...object, maxLimit: fromSpdk(limits) };
  },

  bdevs: async ({ state }) => [state.bdev],
};
