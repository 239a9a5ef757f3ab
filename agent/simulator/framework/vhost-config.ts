import type { SpdkState } from "../state";
import type { VhostScsiController } from "../vhost/controller";
import type { ConfigCall } from "./subsystems";

export function vhostBlkConfig(spdk: SpdkState): readonly ConfigCall[] {
  return spdk.vhost.all().flatMap((controller) => {
    if (controller.kind !== "blk" || controller.disk.bdev === undefined) return [];
    const { name: ctrlr, cpumask, readonly } = controller;
    const params = { ctrlr, dev_name: controller.disk.bdev.name, cpumask, readonly, transport: "vhost_user_blk" };
    return [{ method: "vhost_create_blk_controller", params }];
  });
}

export function vhostScsiConfig(spdk: SpdkState): readonly ConfigCall[] {
  return spdk.vhost.all().flatMap((controller) => (controller.kind === "scsi" ? scsiConfig(controller) : []));
}

function scsiConfig({ name: ctrlr, cpumask, targets }: VhostScsiController): ConfigCall[] {
  return [
    { method: "vhost_create_scsi_controller", params: { ctrlr, cpumask, delay: false } },
    ...[...targets].map(([scsi_target_num, { bdev }]) => ({
      method: "vhost_scsi_controller_add_target",
      params: { ctrlr, scsi_target_num, bdev_name: bdev?.name },
    })),
  ];
}
