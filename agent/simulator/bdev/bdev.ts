import type { BlockStore } from "./block-store";
import { IO_TYPES, type IoType } from "./io-types";
import { IoStat } from "./io-stat";
import { RateLimits } from "./rate-limits";

/** Metadata and T10 protection information of a bdev's blocks. */
export interface BlockMetadata {
  readonly size: number;
  readonly interleaved: boolean;
  readonly difType: number;
  readonly difIsHeadOfMd: boolean;
}

/** Which of SPDK's bdev modules made a bdev: its delete verb works on no other's (recorded: bdev/null_delete_of_malloc). */
export type BdevModule = "null" | "malloc" | "aio" | "crypto" | "nvme";

export interface MemoryDomain {
  readonly dma_device_id: string;
  readonly dma_device_type: number;
}

export interface BdevSpec {
  readonly name: string;
  readonly uuid: string;
  readonly module: BdevModule;
  readonly productName: string;
  readonly blockSize: number;
  readonly numBlocks: number;
  readonly ioTypes: readonly IoType[];
  readonly store: BlockStore;
  readonly metadata?: BlockMetadata;
  memoryDomains?(): readonly MemoryDomain[];
  driverSpecific(): Record<string, unknown>;
  /** Runs once the bdev has gone from the table. */
  onUnregistered?(): void;
}

/** Someone who has a bdev open, and must let go of it when it disappears underneath. */
export interface BdevUser {
  onBdevRemoved(bdev: Bdev): void;
  onBdevResized?(bdev: Bdev): void;
}

/** A block device of SPDK. */
export class Bdev {
  readonly limits = new RateLimits();
  readonly stat = new IoStat();
  readonly users = new Set<BdevUser>();
  /** Who has the exclusive right to write (claim_type exclusive_write). */
  claimedBy: string | undefined;
  numBlocks: number;

  constructor(readonly spec: BdevSpec) {
    this.numBlocks = spec.numBlocks;
  }

  get name(): string {
    return this.spec.name;
  }

  get uuid(): string {
    return this.spec.uuid;
  }

  get blockSize(): number {
    return this.spec.blockSize;
  }

  get store(): BlockStore {
    return this.spec.store;
  }

  /** The reply of bdev_get_bdevs for this bdev. */
  describe(): Record<string, unknown> {
    const { spec } = this;
    return {
      name: spec.name,
      aliases: [spec.uuid],
      product_name: spec.productName,
      block_size: spec.blockSize,
      num_blocks: this.numBlocks,
      uuid: spec.uuid,
      ...describeMetadata(spec.metadata),
      assigned_rate_limits: this.limits.toJSON(),
      claimed: this.claimedBy !== undefined,
      ...(this.claimedBy === undefined ? {} : { claim_type: "exclusive_write" }),
      zoned: false,
      supported_io_types: Object.fromEntries(IO_TYPES.map((type) => [type, spec.ioTypes.includes(type)])),
      ...(spec.memoryDomains === undefined ? {} : { memory_domains: spec.memoryDomains() }),
      driver_specific: spec.driverSpecific(),
    };
  }
}

function describeMetadata(metadata: BlockMetadata | undefined): Record<string, unknown> {
  if (metadata === undefined) return {};
  return {
    md_size: metadata.size,
    md_interleave: metadata.interleaved,
    dif_type: metadata.difType,
    ...(metadata.difType === 0
      ? {}
      : {
          dif_is_head_of_md: metadata.difIsHeadOfMd,
          // Type 3 has no reference tag to check (NVMe base specification, protection information type 3).
          enabled_dif_check_types: { reftag: metadata.difType !== 3, apptag: false, guard: true },
        }),
  };
}
