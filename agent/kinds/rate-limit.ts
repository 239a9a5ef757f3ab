import { failedPrecondition, invalidArgument } from "../aip/status";
import type { QosLimit } from "../../provider/wire/opi_api/storage/v1/opicommon";
import type { SpdkRateLimits } from "../spdk";
import type { Step } from "../saga/steps";
import type { Store } from "../store/store";
import { setLimits } from "./idle-limit";
import type { Refusal } from "./kind";
import type { Spdk } from "./spdk";

/** SPDK limits a block device as a whole, by these four rates; limits from below it has none. */
const NO_LIMITS: SpdkRateLimits = { rw_ios_per_sec: 0, rw_mbytes_per_sec: 0, r_mbytes_per_sec: 0, w_mbytes_per_sec: 0 };

/** More MiB a second overflow SPDK's count of bytes (bdev/qos_overflow_2_44). */
const LARGEST_MIB = 2n ** 44n - 1n;
/** Thousands of operations a second that a JSON number still holds exactly. */
const LARGEST_KIOPS = BigInt(Number.MAX_SAFE_INTEGER) / 1000n;

const NO_SEPARATE_IOPS = "SPDK limits reads and writes together only: use rw_iops_kiops";
const NO_MINIMUM = "SPDK cannot promise rates, only limit them: use an upper limit";

export const minimumRefusal = (path: string): Refusal => ({ path, reason: NO_MINIMUM });

export const maximumRefusals = (path: string): Refusal[] => [
  { path: `${path}.rd_iops_kiops`, reason: NO_SEPARATE_IOPS },
  { path: `${path}.wr_iops_kiops`, reason: NO_SEPARATE_IOPS },
];

export function isLimited(limit: QosLimit | undefined): limit is QosLimit {
  return limit !== undefined && RATES.some((rate) => limit[rate] !== 0n);
}

const RATES = [
  "rdIopsKiops",
  "wrIopsKiops",
  "rwIopsKiops",
  "rdBandwidthMbs",
  "wrBandwidthMbs",
  "rwBandwidthMbs",
] as const;

export function checkNoMinimum(limit: QosLimit | undefined, field: string): void {
  if (isLimited(limit)) throw invalidArgument(`${field}: ${NO_MINIMUM}`);
}

export function checkMaximum(limit: QosLimit | undefined, field: string): void {
  if (limit === undefined) return;
  for (const [rate, name, largest] of [
    ["rwIopsKiops", "rw_iops_kiops", LARGEST_KIOPS],
    ["rdBandwidthMbs", "rd_bandwidth_mbs", LARGEST_MIB],
    ["wrBandwidthMbs", "wr_bandwidth_mbs", LARGEST_MIB],
    ["rwBandwidthMbs", "rw_bandwidth_mbs", LARGEST_MIB],
  ] as const)
    if (limit[rate] < 0n || limit[rate] > largest)
      throw invalidArgument(`${field}.${name}: ${limit[rate]} is not between 0 and ${largest}`);
  if (limit.rdIopsKiops !== 0n) throw invalidArgument(`${field}.rd_iops_kiops: ${NO_SEPARATE_IOPS}`);
  if (limit.wrIopsKiops !== 0n) throw invalidArgument(`${field}.wr_iops_kiops: ${NO_SEPARATE_IOPS}`);
}

export function toSpdk(limit: QosLimit | undefined): SpdkRateLimits {
  if (limit === undefined) return NO_LIMITS;
  return {
    // Whole thousands, which SPDK takes exactly; it would round anything else up (bdev/qos_after_1500).
    rw_ios_per_sec: Number(limit.rwIopsKiops * 1000n),
    rw_mbytes_per_sec: Number(limit.rwBandwidthMbs),
    r_mbytes_per_sec: Number(limit.rdBandwidthMbs),
    w_mbytes_per_sec: Number(limit.wrBandwidthMbs),
  };
}

/** The limits as SPDK shows them. */
export function fromSpdk(limits: SpdkRateLimits): QosLimit {
  return {
    rdIopsKiops: 0n,
    wrIopsKiops: 0n,
    rwIopsKiops: BigInt(limits.rw_ios_per_sec) / 1000n,
    rdBandwidthMbs: BigInt(limits.r_mbytes_per_sec),
    wrBandwidthMbs: BigInt(limits.w_mbytes_per_sec),
    rwBandwidthMbs: BigInt(limits.rw_mbytes_per_sec),
  };
}

/** Sets the limits of a block device; SPDK keeps those that a call leaves out, so all four are always named. */
export function limitStep(spdk: Spdk, bdev: string, wanted: QosLimit | undefined, before: QosLimit | undefined): Step {
  const set = (limit: QosLimit | undefined): Promise<void> => setLimits(spdk, bdev, toSpdk(limit));
  return { label: "bdev_set_qos_limit", apply: () => set(wanted), undo: () => set(before) };
}

/** Whether SPDK limits the block device as wished. */
export function isLimitedTo(shown: SpdkRateLimits | undefined, wanted: QosLimit | undefined): boolean {
  const wish = toSpdk(wanted);
  const found = shown ?? NO_LIMITS;
  return (
    found.rw_ios_per_sec === wish.rw_ios_per_sec &&
    found.rw_mbytes_per_sec === wish.rw_mbytes_per_sec &&
    found.r_mbytes_per_sec === wish.r_mbytes_per_sec &&
    found.w_mbytes_per_sec === wish.w_mbytes_per_sec
  );
}

export function clearLimitStep(spdk: Spdk, bdev: string): Step {
  return {
    label: "bdev_set_qos_limit",
    apply: async () => {
      // What is gone has no limits; and where there are none, there is nothing to clear.
      const shown = (await spdk.bdev(bdev))?.assigned_rate_limits;
      if (shown !== undefined && !isLimitedTo(shown, undefined)) await setLimits(spdk, bdev, NO_LIMITS);
    },
  };
}

/** What an object that holds limits remembers, so that no second one overwrites them. */
export interface LimitState {
  /** The block device whose limits are this object's; absent when it sets none. */
  readonly limitedBdev?: string;
}

/** SPDK has one set of limits for each block device. */
export function refuseSecondLimit(store: Store, bdev: string, own: string, field: string): void {
  for (const type of ["opi_api.storage.v1.QosVolume", "opi_api.storage.v1.VirtioBlk"])
    for (const other of store.list(type))
      // Both types remember a LimitState.
      if (other.name !== own && (other.state as LimitState).limitedBdev === bdev)
        throw failedPrecondition(
          `${field}: the volume is limited by ${other.name} already, and SPDK has one set of limits for a volume`,
        );
}
