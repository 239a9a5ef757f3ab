import type { Bdev, BdevUser } from "../bdev/bdev";
import type { SpdkState } from "../state";

/** Tuning that every vhost controller has. */
export class Coalescing {
  delayBaseUs = 0;
  iopsThreshold = 60_000;
}

interface VhostControllerBase {
  readonly name: string;
  readonly cpumask: string;
  readonly socket: string;
  readonly coalescing: Coalescing;
}

export interface VhostBlkController extends VhostControllerBase {
  readonly kind: "blk";
  readonly readonly: boolean;
  readonly disk: VhostDisk;
}

export interface VhostScsiController extends VhostControllerBase {
  readonly kind: "scsi";
  readonly targets: Map<number, VhostDisk>;
}

export type VhostController = VhostBlkController | VhostScsiController;

export const SCSI_TARGETS = 8;

/** A bdev that a controller has open, without a claim: others may use it too (recorded: vhost/blk_same_bdev). */
export class VhostDisk implements BdevUser {
  /** Undefined after the bdev disappeared. */
  bdev: Bdev | undefined;

  constructor(
    private readonly spdk: SpdkState,
    bdev: Bdev,
    private readonly onGone: () => void,
  ) {
    this.bdev = bdev;
    spdk.bdevs.open(bdev, this);
  }

  onBdevRemoved(): void {
    this.close();
    this.onGone();
  }

  close(): void {
    if (this.bdev !== undefined) this.spdk.bdevs.close(this.bdev, this);
    this.bdev = undefined;
  }
}

export function describeVhostController(
  controller: VhostController,
): Record<string, unknown> & { readonly ctrlr: string } {
  return {
    ctrlr: controller.name,
    cpumask: controller.cpumask,
    delay_base_us: controller.coalescing.delayBaseUs,
    iops_threshold: controller.coalescing.iopsThreshold,
    socket: controller.socket,
    sessions: [],
    backend_specific:
      controller.kind === "blk"
        ? {
            block: {
              readonly: controller.readonly,
              bdev: controller.disk.bdev?.name ?? null,
              transport: "vhost_user_blk",
            },
          }
        : { scsi: [...controller.targets].sort(([a], [b]) => a - b).map(describeTarget) },
  };
}

function describeTarget([number, { bdev }]: readonly [number, VhostDisk]): Record<string, unknown> {
  return {
    scsi_dev_num: number,
    id: number,
    target_name: `Target ${number}`,
    luns: bdev === undefined ? [] : [{ id: 0, bdev_name: bdev.name }],
  };
}
