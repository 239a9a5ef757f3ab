import type { WireMessage } from "../../../../provider/catalogue/values/wire";
import type { Bridge, Stats } from "../kind";
import { idOf } from "../kind";
import type { Wording } from "../spdk";

/** What SPDK tells of a bdev, as far as the bridge looks. */
export interface Bdev {
  readonly name: string;
  readonly uuid: string;
  readonly block_size: number;
  readonly num_blocks: number;
}

interface IoStat {
  readonly bdevs: readonly Readonly<Record<string, number>>[];
}

export async function bdevNamed(bridge: Bridge, name: string): Promise<Bdev> {
  const [bdev] = await bridge.spdk.call<readonly Bdev[]>("bdev_get_bdevs", { name });
  return bdev;
}

/** Every bdev there is, whatever made it (recorded: special.pagination2/list_malloc_sees_all_bdevs). */
export const allBdevs = (bridge: Bridge): Promise<readonly Bdev[]> => bridge.spdk.call("bdev_get_bdevs");

/** Reads name a bdev and not the object: a bare id (recorded: NullVolume/get). */
export const withUuid = ({ name, block_size, num_blocks, uuid }: Bdev): WireMessage => ({
  name,
  blockSize: BigInt(block_size),
  blocksCount: BigInt(num_blocks),
  uuid,
});

/** Counters of a bdev, in the 32 bits of OPI's wire. */
export async function ioStat(bridge: Bridge, name: string, wording?: Wording): Promise<WireMessage> {
  const { bdevs } = await bridge.spdk.call<IoStat>("bdev_get_iostat", { name }, wording);
  const count = (key: string): number => Number(BigInt.asIntN(32, BigInt(bdevs[0][key])));
  return {
    stats: {
      readBytesCount: count("bytes_read"),
      readOpsCount: count("num_read_ops"),
      writeBytesCount: count("bytes_written"),
      writeOpsCount: count("num_write_ops"),
      unmapBytesCount: count("bytes_unmapped"),
      unmapOpsCount: count("num_unmap_ops"),
      readLatencyTicks: count("read_latency_ticks"),
      writeLatencyTicks: count("write_latency_ticks"),
      unmapLatencyTicks: count("unmap_latency_ticks"),
    },
  };
}

export const bdevCounters: Stats = { kind: "counters", read: (bridge, stored) => ioStat(bridge, idOf(stored.name)) };

/** Where it counts nothing it says so by -1 (recorded: NvmeController/stats). */
export const noCounters: Stats = { kind: "counters", read: () => ({ stats: { readOpsCount: -1, writeOpsCount: -1 } }) };
