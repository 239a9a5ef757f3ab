import type { Kind } from "../kind";
import { aioVolume } from "./aio-volume";
import { encryptedVolume } from "./encrypted-volume";
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

/** All types that the reference bridge serves. It has no virtio-scsi targets and no remote namespaces. */
export const referenceKinds: readonly Kind[] = [
  nvmeSubsystem,
  nvmeController,
  nvmeNamespace,
  virtioBlk,
  virtioScsiController,
  virtioScsiLun,
  nullVolume,
  mallocVolume,
  aioVolume,
  nvmeRemoteController,
  nvmePath,
  encryptedVolume,
  qosVolume,
];
