import type { SpdkTransportId } from "./transport-id";

/** Zero means unlimited. SPDK rounds I/O limits up to whole thousands per second (recorded: bdev/qos_after_1500). */
export interface SpdkRateLimits {
  readonly rw_ios_per_sec: number;
  readonly rw_mbytes_per_sec: number;
  readonly r_mbytes_per_sec: number;
  readonly w_mbytes_per_sec: number;
}

export interface SpdkBdevDriverSpecific {
  readonly aio?: {
    readonly filename: string;
    readonly block_size_override: boolean;
    readonly readonly: boolean;
    readonly fallocate: boolean;
  };
  readonly crypto?: { readonly base_bdev_name: string; readonly name: string; readonly key_name: string };
  readonly nvme?: readonly SpdkNvmeBdevPath[];
  readonly mp_policy?: "active_passive" | "active_active";
}

/** One path of an NVMe bdev. */
export interface SpdkNvmeBdevPath {
  readonly pci_address?: string;
  readonly trid: SpdkTransportId;
  readonly ctrlr_data: {
    readonly cntlid: number;
    readonly vendor_id: string;
    readonly model_number: string;
    readonly serial_number: string;
    readonly firmware_revision: string;
    readonly subnqn?: string;
    readonly oacs: {
      readonly security: number;
      readonly format: number;
      readonly firmware: number;
      readonly ns_manage: number;
    };
    readonly multi_ctrlr: boolean;
    readonly ana_reporting: boolean;
  };
  readonly vs: { readonly nvme_version: string };
  readonly ns_data: { readonly id: number; readonly ana_state?: string; readonly can_share: boolean };
}

/** One element of the result of bdev_get_bdevs. */
export interface SpdkBdev {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly product_name: string;
  readonly block_size: number;
  readonly num_blocks: number;
  readonly uuid?: string;
  readonly md_size?: number;
  readonly md_interleave?: boolean;
  readonly dif_type?: number;
  readonly dif_is_head_of_md?: boolean;
  readonly enabled_dif_check_types?: { readonly reftag: boolean; readonly apptag: boolean; readonly guard: boolean };
  readonly assigned_rate_limits?: SpdkRateLimits;
  readonly claimed: boolean;
  readonly claim_type?: string;
  readonly zoned: boolean;
  readonly supported_io_types: Readonly<Record<string, boolean>>;
  readonly memory_domains?: readonly { readonly dma_device_id: string; readonly dma_device_type: number }[];
  readonly driver_specific: SpdkBdevDriverSpecific;
}

/** Counters of one bdev since its creation or bdev_reset_iostat. Latencies are sums in ticks. */
export interface SpdkBdevIoStat {
  readonly name: string;
  readonly bytes_read: number;
  readonly num_read_ops: number;
  readonly bytes_written: number;
  readonly num_write_ops: number;
  readonly bytes_unmapped: number;
  readonly num_unmap_ops: number;
  readonly bytes_copied: number;
  readonly num_copy_ops: number;
  readonly read_latency_ticks: number;
  readonly max_read_latency_ticks: number;
  readonly min_read_latency_ticks: number;
  readonly write_latency_ticks: number;
  readonly max_write_latency_ticks: number;
  readonly min_write_latency_ticks: number;
  readonly unmap_latency_ticks: number;
  readonly max_unmap_latency_ticks: number;
  readonly min_unmap_latency_ticks: number;
  readonly copy_latency_ticks: number;
  readonly max_copy_latency_ticks: number;
  readonly min_copy_latency_ticks: number;
  readonly io_error: Readonly<Record<string, number>>;
  /** Present when queue depth is sampled (bdev_set_qd_sampling_period). */
  readonly queue_depth_polling_period?: number;
  readonly queue_depth?: number;
  readonly io_time?: number;
  readonly weighted_io_time?: number;
}

/** Result of bdev_get_iostat without per_channel. */
export interface SpdkIoStat {
  readonly tick_rate: number;
  readonly ticks: number;
  readonly bdevs: readonly SpdkBdevIoStat[];
}
