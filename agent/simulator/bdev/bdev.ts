import type { BlockStore } from "./block-store";
import type { SpdkTraits } from "../versions/traits";
import type { IoType } from "./io-types";
import { IoStat } from "./io-stat";
import { RateLimits } from "./rate-limits";

/** Metadata and T10 protection information of a bdev's blocks. */
export interface BlockMetadata {
  readonly size: number;
  readonly interleaved: boolean;
  readonly difType: number;
  readonly difIsHeadOfMd: boolean;
  /** NVMe NVM command set specification: 16, 32 or 64 bit guard, as 0, 1 or 2. */
  readonly difPiFormat: number;
}

/** Sizes that suit a device best, in blocks; zero where it has no preference. */
export interface BlockPreferences {
  readonly preferred_write_alignment: number;
  readonly preferred_write_granularity: number;
  readonly optimal_write_size: number;
  readonly preferred_unmap_alignment: number;
  readonly preferred_unmap_granularity: number;
}

export const NO_PREFERENCES: BlockPreferences = {
  preferred_write_alignment: 0,
  preferred_write_granularity: 0,
  optimal_write_size: 0,
  preferred_unmap_alignment: 0,
  preferred_unmap_granularity: 0,
};

/** Which of SPDK's bdev modules made a bdev: its delete verb works on no other's (recorded: bdev/null_delete_of_malloc). */
export type BdevModule = "null" | "malloc" | "aio" | "crypto" | "nvme";

export interface MemoryDomain {
  readonly dma_device_id?: string;
  readonly dma_device_type: number | string;
}

export interface BdevSpec {
  readonly name: string;
  readonly uuid: string;
  readonly module: BdevModule;
  readonly productName: string;
  readonly blockSize: number;
  readonly numBlocks: number;
  /** Blocks that one I/O must not cross a multiple of. */
  readonly ioBoundary?: number;
  readonly ioTypes: readonly IoType[];
  readonly store: BlockStore;
  readonly metadata?: BlockMetadata;
  readonly preferences?: BlockPreferences;
  /** Where its memory is, -1 for anywhere; modules without memory of their own have none. */
  readonly numaId?: number;
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
  describe(traits: SpdkTraits): Record<string, unknown> {
    const { spec } = this;
    return {
      name: spec.name,
      aliases: [spec.uuid],
      product_name: spec.productName,
      block_size: spec.blockSize,
      num_blocks: this.numBlocks,
      ...(traits.showsPreferences ? (spec.preferences ?? NO_PREFERENCES) : {}),
      uuid: spec.uuid,
      ...(traits.showsPreferences && spec.numaId !== undefined ? { numa_id: spec.numaId } : {}),
      ...describeMetadata(spec.metadata, traits),
      assigned_rate_limits: this.limits.toJSON(),
      claimed: this.claimedBy !== undefined,
      ...(this.claimedBy === undefined ? {} : { claim_type: "exclusive_write" }),
      zoned: false,
      supported_io_types: Object.fromEntries(traits.ioTypes.map((type) => [type, spec.ioTypes.includes(type)])),
      ...(spec.memoryDomains === undefined ? {} : { memory_domains: spec.memoryDomains() }),
      driver_specific: spec.driverSpecific(),
    };
  }
}

function describeMetadata(metadata: BlockMetadata | undefined, traits: SpdkTraits): Record<string, unknown> {
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
          ...(traits.showsPreferences ? { dif_pi_format: metadata.difPiFormat } : {}),
        }),
  };
}
