import { alreadyExists, invalidArgument } from "../aip/status";
import type { QosVolume } from "../../provider/wire/opi_api/storage/v1/middleend_qos_volume";
import { bdevBehind } from "./bdev";
import type { Kind } from "./kind";
import { WHOLE } from "./presence";
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

interface QosState extends LimitState {
  readonly bdev: string;
}

/** Limits on the block device of another volume: a QoS volume has no block device of its own. */
export const qosVolume: Kind<QosVolume, QosState> = {
  type: "opi_api.storage.v1.QosVolume",
  service: "opi_api.storage.v1.MiddleendQosVolumeService",
  updatable: ["limits"],
  secrets: [],
  refusals: [minimumRefusal("limits.min"), ...maximumRefusals("limits.max")],
  isVolume: true,

  check(volume, field) {
    checkNoMinimum(volume.limits?.min, `${field}.limits.min`);
    checkMaximum(volume.limits?.max, `${field}.limits.max`);
    if (!isLimited(volume.limits?.max)) throw invalidArgument(`${field}.limits.max: at least one rate is needed`);
  },

  async create({ name, object }, environment, field) {
    const { spdk, store, volumes } = environment;
    const base = await volumes.resolve(object.volumeNameRef, `${field}.volume_name_ref`, environment);
    const sibling = store.list(qosVolume.type).find((other) => (other.state as QosState).bdev === base.bdev);
    if (sibling !== undefined)
      throw alreadyExists(`${field}.volume_name_ref: ${object.volumeNameRef} is limited by ${sibling.name} already`);
    refuseSecondLimit(store, base.bdev, name, `${field}.volume_name_ref`);
    return {
      uses: base.uses,
      steps: [limitStep(spdk, base.bdev, object.limits?.max, undefined)],
      state: () => ({ bdev: base.bdev, limitedBdev: base.bdev }),
    };
  },

  async update({ object, state }, desired, _changed, { spdk }) {
    return { steps: [limitStep(spdk, state.bdev, desired.limits?.max, object.limits?.max)] };
  },

  async remove({ state }, { spdk }) {
    return [clearLimitStep(spdk, state.bdev)];
  },

  async settle(before, after, { spdk }) {
    // One call sets all limits, so they are the old ones or the new.
    const limits = (await spdk.bdev(before.state.bdev))?.assigned_rate_limits;
    return { keep: isLimitedTo(limits, after.object.limits?.max) ? after : before, steps: [] };
  },

  async inspect({ object, state }, { spdk }) {
    const bdev = await spdk.bdev(state.bdev);
    // Limits that somebody changed are shown by reads; only none at all are those that SPDK forgot.
    if (bdev !== undefined && !isLimitedTo(bdev.assigned_rate_limits, undefined)) return WHOLE;
    return { found: "nothing", steps: async () => [limitStep(spdk, state.bdev, object.limits?.max, undefined)] };
  },

  async observe({ name, object, state }, { spdk }) {
    const bdev = await bdevBehind(spdk, state.bdev, name);
    const max = bdev.assigned_rate_limits === undefined ? object.limits?.max : fromSpdk(bdev.assigned_rate_limits);
    return { ...object, limits: { min: object.limits?.min, max } };
  },

  bdevs: async ({ state }) => [state.bdev],
  bdevOf: ({ state }) => state.bdev,
};
