import type { VolumeStats } from "../../provider/wire/opi_api/storage/v1/opicommon";
import type { SpdkBdevIoStat } from "../spdk";
import type { Spdk } from "./spdk";

/** OPI's counters are int32 on the wire; SPDK's are 64 bits. */
const LARGEST = 2_147_483_647;

const COUNTERS: Readonly<Record<keyof Omit<VolumeStats, "_unknownFields">, keyof SpdkBdevIoStat>> = {
  readBytesCount: "bytes_read",
  readOpsCount: "num_read_ops",
  writeBytesCount: "bytes_written",
  writeOpsCount: "num_write_ops",
  unmapBytesCount: "bytes_unmapped",
  unmapOpsCount: "num_unmap_ops",
  readLatencyTicks: "read_latency_ticks",
  writeLatencyTicks: "write_latency_ticks",
  unmapLatencyTicks: "unmap_latency_ticks",
};

/** The counters of block devices, summed and saturated. A device that is gone counts nothing. */
export async function sumOfCounters(spdk: Spdk, bdevs: readonly string[]): Promise<VolumeStats> {
  const stats = await Promise.all(bdevs.map((bdev) => spdk.iostat(bdev)));
  const sum = (counter: keyof SpdkBdevIoStat): number =>
    Math.min(
      LARGEST,
      stats.reduce((total, stat) => total + Number(stat?.[counter] ?? 0), 0),
    );
  // One entry for each counter of the message, by COUNTERS' type.
  return Object.fromEntries(
    Object.entries(COUNTERS).map(([field, counter]) => [field, sum(counter)]),
  ) as unknown as VolumeStats;
}
