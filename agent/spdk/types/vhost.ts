export interface SpdkVhostScsiTarget {
  readonly scsi_dev_num: number;
  readonly id: number;
  readonly target_name: string;
  readonly luns: readonly { readonly id: number; readonly bdev_name: string }[];
}

/** One element of the result of vhost_get_controllers. */
export interface SpdkVhostController {
  readonly ctrlr: string;
  readonly cpumask: string;
  readonly delay_base_us: number;
  readonly iops_threshold: number;
  readonly socket: string;
  readonly sessions: readonly unknown[];
  readonly backend_specific: {
    /** `bdev` is null after the bdev disappeared underneath (recorded: vhost/get_after_bdev_gone). */
    readonly block?: { readonly readonly: boolean; readonly bdev: string | null; readonly transport: string };
    readonly scsi?: readonly SpdkVhostScsiTarget[];
  };
}
