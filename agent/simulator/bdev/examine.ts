import type { SpdkState } from "../state";
import type { Bdev } from "./bdev";

const PARTITION_TABLE_BYTES = 32 * 1024;
const BLOBSTORE_SUPERBLOCK_BYTES = 8 * 1024;

/**
 * SPDK looks at every new bdev for a partition table, a logical volume store and a RAID superblock. The simulator finds
 * none, but the reads show in the counters (recorded: bdev/iostat_all, one figure for each kind of block format).
 */
export function countExamination(spdk: SpdkState, bdev: Bdev): void {
  if (bdev.claimedBy !== undefined) return;
  const { blockSize } = bdev;
  const reads: number[] = [];
  if (blockSize % 512 === 0) reads.push(PARTITION_TABLE_BYTES / blockSize);
  if (spdk.traits.looksForBlobstores) reads.push(BLOBSTORE_SUPERBLOCK_BYTES / blockSize);
  // RAID keeps off bdevs with protection information.
  if ((bdev.spec.metadata?.difType ?? 0) === 0) reads.push(1);
  for (const read of reads) {
    const blocks = Math.max(1, Math.floor(read));
    if (blocks > bdev.numBlocks) continue;
    // One read for each piece between boundaries (recorded: new.bdev/iostat_all_reset).
    const piece = bdev.spec.ioBoundary ?? 0;
    if (piece === 0) spdk.examine(bdev, 0, blocks);
    else for (let at = 0; at < blocks; at += piece) spdk.examine(bdev, at, Math.min(piece, blocks - at));
  }
}
