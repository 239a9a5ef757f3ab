import { errnoFault, INTERNAL_ERROR, INVALID_PARAMS } from "../rpc/fault";
import { boolean, int32, optional, string, uint32 } from "../rpc/params";
import { bareVerb, INVALID_ARGUMENT, verb } from "../rpc/verb";
import type { SpdkState } from "../state";
import {
  Coalescing,
  describeVhostController,
  SCSI_TARGETS,
  VhostDisk,
  type VhostScsiController,
} from "../vhost/controller";

const BLK_TRANSPORT = "vhost_user_blk";

/** virtio-blk and virtio-scsi controllers for virtual machines: vhost_*. Failures keep the errno's text under -32602. */
export const vhostVerbs = [
  verb("vhost_create_blk_controller", {
    params: {
      ctrlr: string,
      dev_name: string,
      cpumask: optional(string),
      transport: optional(string),
      readonly: optional(boolean),
      packed_ring: optional(boolean),
      packed_ring_recovery: optional(boolean),
    },
    // The transport decodes members of its own.
    unknownMembers: "ignored",
    undecodable: INVALID_ARGUMENT,
    run(spdk, { ctrlr, dev_name, cpumask, transport = BLK_TRANSPORT, readonly = false }) {
      const bdev = spdk.bdevs.find(dev_name);
      if (bdev === undefined) throw errnoFault("ENODEV", INVALID_PARAMS);
      if (transport !== BLK_TRANSPORT) throw errnoFault("EINVAL", INVALID_PARAMS);
      const prepared = spdk.vhost.prepare(ctrlr, cpumask);
      spdk.vhost.add({
        kind: "blk",
        name: ctrlr,
        ...prepared,
        coalescing: new Coalescing(),
        readonly,
        // The controller stays, with nothing behind it (recorded: vhost/get_after_bdev_gone).
        disk: new VhostDisk(spdk, bdev, () => undefined),
      });
      return true;
    },
  }),

  verb("vhost_create_scsi_controller", {
    params: { ctrlr: string, cpumask: optional(string), delay: optional(boolean) },
    undecodable: INVALID_ARGUMENT,
    run(spdk, { ctrlr, cpumask }) {
      const prepared = spdk.vhost.prepare(ctrlr, cpumask);
      spdk.vhost.add({ kind: "scsi", name: ctrlr, ...prepared, coalescing: new Coalescing(), targets: new Map() });
      return true;
    },
  }),

  verb("vhost_start_scsi_controller", {
    params: { ctrlr: string },
    undecodable: INVALID_ARGUMENT,
    run(spdk, { ctrlr }) {
      requireScsi(spdk, ctrlr);
      return true;
    },
  }),

  verb("vhost_scsi_controller_add_target", {
    params: { ctrlr: string, scsi_target_num: int32, bdev_name: string },
    undecodable: INVALID_ARGUMENT,
    run(spdk, { ctrlr, scsi_target_num, bdev_name }) {
      const { targets } = requireScsi(spdk, ctrlr);
      const number = scsi_target_num < 0 ? freeTarget(targets) : scsi_target_num;
      if (number >= SCSI_TARGETS) throw errnoFault("EINVAL", INVALID_PARAMS);
      if (targets.has(number)) throw errnoFault("EEXIST", INVALID_PARAMS);
      const bdev = spdk.bdevs.find(bdev_name);
      if (bdev === undefined) throw errnoFault("EINVAL", INVALID_PARAMS);
      targets.set(number, new VhostDisk(spdk, bdev, () => targets.delete(number)));
      return number;
    },
  }),

  verb("vhost_scsi_controller_remove_target", {
    params: { ctrlr: string, scsi_target_num: uint32 },
    undecodable: INVALID_ARGUMENT,
    run(spdk, { ctrlr, scsi_target_num }) {
      const { targets } = requireScsi(spdk, ctrlr);
      if (scsi_target_num >= SCSI_TARGETS) throw errnoFault("EINVAL", INVALID_PARAMS);
      const target = targets.get(scsi_target_num);
      // Recorded: vhost/rm_tgt_missing.
      if (target === undefined) throw errnoFault("EBUSY", INVALID_PARAMS);
      target.close();
      targets.delete(scsi_target_num);
      return true;
    },
  }),

  verb("vhost_get_controllers", {
    params: { name: optional(string) },
    undecodable: INVALID_ARGUMENT,
    run(spdk, { name }) {
      if (name === undefined) {
        const all = spdk.vhost.all().map(describeVhostController);
        return spdk.traits.sortsVhostControllers ? all.sort(byName) : all;
      }
      const controller = spdk.vhost.find(name);
      if (controller === undefined) throw errnoFault("ENODEV", INTERNAL_ERROR);
      return [describeVhostController(controller)];
    },
  }),

  verb("vhost_controller_set_coalescing", {
    params: { ctrlr: string, delay_base_us: uint32, iops_threshold: uint32 },
    undecodable: INVALID_ARGUMENT,
    run(spdk, { ctrlr, delay_base_us, iops_threshold }) {
      const { coalescing } = spdk.vhost.get(ctrlr);
      coalescing.delayBaseUs = delay_base_us;
      coalescing.iopsThreshold = iops_threshold;
      return true;
    },
  }),

  verb("vhost_delete_controller", {
    params: { ctrlr: string },
    undecodable: INVALID_ARGUMENT,
    run(spdk, { ctrlr }) {
      spdk.vhost.delete(ctrlr);
      return true;
    },
  }),

  bareVerb("virtio_blk_get_transports", () => [{ name: BLK_TRANSPORT }]),
];

function byName(a: { readonly ctrlr: string }, b: { readonly ctrlr: string }): number {
  return a.ctrlr < b.ctrlr ? -1 : 1;
}

function requireScsi(spdk: SpdkState, name: string): VhostScsiController {
  const controller = spdk.vhost.get(name);
  if (controller.kind !== "scsi") throw errnoFault("EINVAL", INVALID_PARAMS);
  return controller;
}

function freeTarget(targets: ReadonlyMap<number, unknown>): number {
  let number = 0;
  while (targets.has(number)) number++;
  return number;
}
