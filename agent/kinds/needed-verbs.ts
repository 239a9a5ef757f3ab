/** Verbs of SPDK without which a method cannot do its work. What SPDK always has to read with is not here. */
export interface NeededVerbs {
  readonly create: readonly string[];
  readonly update: readonly string[];
  readonly delete: readonly string[];
}

const ATTACH = ["bdev_nvme_attach_controller", "bdev_nvme_detach_controller"] as const;
const VHOST_SCSI = ["vhost_create_scsi_controller", "vhost_get_controllers", "vhost_delete_controller"] as const;
const VHOST_LUN = ["vhost_scsi_controller_add_target", "vhost_scsi_controller_remove_target"] as const;

const NEEDED: Readonly<Record<string, NeededVerbs>> = {
  NullVolume: { create: ["bdev_null_create"], update: ["bdev_null_resize"], delete: ["bdev_null_delete"] },
  MallocVolume: { create: ["bdev_malloc_create"], update: [], delete: ["bdev_malloc_delete"] },
  AioVolume: { create: ["bdev_aio_create"], update: ["bdev_aio_rescan"], delete: ["bdev_aio_delete"] },
  EncryptedVolume: {
    create: ["accel_crypto_key_create", "bdev_crypto_create"],
    update: [],
    delete: ["bdev_crypto_delete", "accel_crypto_key_destroy"],
  },
  QosVolume: { create: ["bdev_set_qos_limit"], update: ["bdev_set_qos_limit"], delete: ["bdev_set_qos_limit"] },
  NvmeRemoteController: { create: ATTACH, update: ATTACH, delete: [] },
  NvmePath: { create: ATTACH, update: ATTACH, delete: ["bdev_nvme_detach_controller"] },
  NvmeSubsystem: {
    create: ["nvmf_create_subsystem", "nvmf_subsystem_add_host"],
    update: ["nvmf_subsystem_add_host", "nvmf_subsystem_remove_host", "nvmf_subsystem_allow_any_host"],
    delete: ["nvmf_delete_subsystem"],
  },
  NvmeController: {
    create: ["nvmf_create_transport", "nvmf_subsystem_add_listener"],
    update: [],
    delete: ["nvmf_subsystem_remove_listener"],
  },
  NvmeNamespace: { create: ["nvmf_subsystem_add_ns"], update: [], delete: ["nvmf_subsystem_remove_ns"] },
  VirtioBlk: {
    create: ["vhost_create_blk_controller", "vhost_get_controllers"],
    update: ["bdev_set_qos_limit"],
    delete: ["vhost_delete_controller"],
  },
  VirtioScsiTarget: { create: VHOST_SCSI, update: [], delete: ["vhost_delete_controller"] },
  VirtioScsiController: { create: VHOST_SCSI, update: [], delete: ["vhost_delete_controller"] },
  VirtioScsiLun: { create: VHOST_LUN, update: [], delete: VHOST_LUN },
};

/** `type` is the full name of a message of the contract. */
export function neededVerbs(type: string): NeededVerbs {
  const needed = NEEDED[type.slice(type.lastIndexOf(".") + 1)];
  if (needed === undefined) throw new Error(`nobody has said which verbs of SPDK ${type} needs`);
  return needed;
}

/** What an SPDK must be built or started with to have verbs that begin so. */
const ORIGINS: readonly (readonly [RegExp, string])[] = [
  [/^vhost_/, "SPDK has it when it is configured with vhost (--with-vhost)"],
  [/^(bdev_crypto|accel_crypto)_/, "SPDK has it when it is configured with encryption (--with-crypto)"],
  [/^bdev_aio_/, "SPDK has it on Linux, where it is built with libaio"],
  [/^nvmf_/, "SPDK has it in applications with the NVMe-oF target, such as spdk_tgt and nvmf_tgt"],
];

export function missingVerbs(version: string, verbs: readonly string[]): string {
  const [first = ""] = verbs;
  const origin =
    ORIGINS.find(([prefix]) => prefix.test(first))?.[1] ?? "spdk_tgt of SPDK 24.05 has it, and so do newer ones";
  return `${version} as it runs here has no verb ${verbs.join(", ")}: ${origin}`;
}
