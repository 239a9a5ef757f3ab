import { aioVolume } from "./aio-volume";
import { encryptedVolume } from "./encrypted-volume";
import type { AnyKind } from "./kind";
import { mallocVolume } from "./malloc-volume";
import { nullVolume } from "./null-volume";
import { nvmeController } from "./nvme-controller";
import { nvmeNamespace } from "./nvme-namespace";
import { nvmePath } from "./nvme-path";
import { nvmeRemoteController } from "./nvme-remote-controller";
import { nvmeSubsystem } from "./nvme-subsystem";
import { qosVolume } from "./qos-volume";
import { virtioBlk } from "./virtio-blk";
import { virtioScsiController } from "./virtio-scsi-controller";
import { virtioScsiLun } from "./virtio-scsi-lun";
import { virtioScsiTarget } from "./virtio-scsi-target";

/** Every type of the contract that clients can create. */
export const kinds: readonly AnyKind[] = [
  nullVolume,
  mallocVolume,
  aioVolume,
  encryptedVolume,
  qosVolume,
  nvmeSubsystem,
  nvmeController,
  nvmeNamespace,
  nvmeRemoteController,
  nvmePath,
  virtioBlk,
  virtioScsiTarget,
  virtioScsiController,
  virtioScsiLun,
];
