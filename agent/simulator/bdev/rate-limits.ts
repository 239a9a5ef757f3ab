/** The limits bdev_set_qos_limit takes. Zero is unlimited. */
export const RATE_LIMIT_NAMES = [
  "rw_ios_per_sec",
  "rw_mbytes_per_sec",
  "r_mbytes_per_sec",
  "w_mbytes_per_sec",
] as const;

export type RateLimitName = (typeof RATE_LIMIT_NAMES)[number];

/** I/O limits go up to the next whole thousand (recorded: bdev/qos_after_1500). */
const IOPS_STEP = 1000;
/** Limits are kept in bytes in 64 bits (recorded: bdev/qos_state_huge). */
const MOST_MBYTES = 2 ** 44 - 1;

/** The QoS limits of one bdev. */
export class RateLimits {
  private readonly limits: Record<RateLimitName, number> = {
    rw_ios_per_sec: 0,
    rw_mbytes_per_sec: 0,
    r_mbytes_per_sec: 0,
    w_mbytes_per_sec: 0,
  };

  set(name: RateLimitName, value: number): void {
    this.limits[name] =
      name === "rw_ios_per_sec" ? Math.ceil(value / IOPS_STEP) * IOPS_STEP : Math.min(value, MOST_MBYTES);
  }

  get any(): boolean {
    return Object.values(this.limits).some((limit) => limit > 0);
  }

  toJSON(): Readonly<Record<RateLimitName, number>> {
    return { ...this.limits };
  }
}
