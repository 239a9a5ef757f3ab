import { methodsOf } from "../../agent/simulator/versions";
import type { SpdkVersionName } from "../../agent/simulator";

/** Verbs the simulator has: every recorded call must agree, but for the exceptions below. */
const SIMULATED = list(`
  accel_crypto_key_create accel_crypto_key_destroy accel_crypto_keys_get bdev_aio_create bdev_aio_delete
  bdev_aio_rescan bdev_crypto_create bdev_crypto_delete bdev_examine bdev_get_bdevs bdev_get_iostat
  bdev_malloc_create bdev_malloc_delete bdev_null_create bdev_null_delete bdev_null_resize
  bdev_nvme_attach_controller bdev_nvme_detach_controller bdev_nvme_disable_controller
  bdev_nvme_enable_controller bdev_nvme_get_controller_health_info bdev_nvme_get_controllers
  bdev_nvme_get_io_paths bdev_nvme_get_transport_statistics bdev_nvme_reset_controller bdev_nvme_set_keys
  bdev_nvme_set_multipath_policy bdev_nvme_set_options bdev_nvme_set_preferred_path bdev_reset_iostat
  bdev_set_qos_limit bdev_wait_for_examine framework_get_config framework_get_scheduler framework_get_subsystems
  framework_start_init framework_wait_init keyring_file_add_key keyring_file_remove_key keyring_get_keys
  nvmf_create_subsystem nvmf_create_transport nvmf_delete_subsystem nvmf_discovery_add_referral
  nvmf_discovery_get_referrals nvmf_discovery_remove_referral nvmf_get_stats nvmf_get_subsystems
  nvmf_get_targets nvmf_get_transports nvmf_ns_add_host nvmf_ns_remove_host nvmf_subsystem_add_host
  nvmf_subsystem_add_listener nvmf_subsystem_add_ns nvmf_subsystem_allow_any_host nvmf_subsystem_get_controllers
  nvmf_subsystem_get_listeners nvmf_subsystem_get_qpairs nvmf_subsystem_listener_set_ana_state
  nvmf_subsystem_remove_host nvmf_subsystem_remove_listener nvmf_subsystem_remove_ns nvmf_subsystem_set_keys
  nvmf_subsystem_set_ns_ana_group rpc_get_methods spdk_get_version vhost_controller_set_coalescing
  vhost_create_blk_controller vhost_create_scsi_controller vhost_delete_controller vhost_get_controllers
  vhost_scsi_controller_add_target vhost_scsi_controller_remove_target vhost_start_scsi_controller
  virtio_blk_get_transports
`);

/**
 * Verbs that an OPI agent has no use for: logical volumes, RAID, other virtual bdevs, iSCSI, io_uring, NVMe-oF discovery
 * by the initiator, vfio-user virtio end points, file systems, histograms and the innards of SPDK. The simulator refuses
 * them by name where the version has them.
 */
export const LEFT_OUT = list(`
  accel_get_module_info accel_get_opc_assignments accel_get_stats bdev_compress_create bdev_compress_delete
  bdev_compress_get_orphans bdev_delay_create bdev_delay_delete bdev_delay_update_latency bdev_enable_histogram
  bdev_error_create bdev_error_delete bdev_error_inject_error bdev_error_resume_pending bdev_get_histogram
  bdev_get_histogram_borders bdev_iscsi_create bdev_iscsi_delete bdev_lvol_check_shallow_copy bdev_lvol_clone
  bdev_lvol_clone_bdev bdev_lvol_create bdev_lvol_create_lvstore bdev_lvol_decouple_parent bdev_lvol_delete
  bdev_lvol_delete_lvstore bdev_lvol_get_lvols bdev_lvol_get_lvstores bdev_lvol_grow_lvstore bdev_lvol_inflate
  bdev_lvol_rename bdev_lvol_rename_lvstore bdev_lvol_resize bdev_lvol_set_parent bdev_lvol_set_parent_bdev
  bdev_lvol_set_read_only bdev_lvol_snapshot bdev_lvol_start_shallow_copy bdev_nvme_get_discovery_info
  bdev_nvme_get_mdns_discovery_info bdev_nvme_start_discovery bdev_nvme_start_mdns_discovery
  bdev_nvme_stop_discovery bdev_passthru_create bdev_passthru_delete bdev_raid_add_base_bdev bdev_raid_create
  bdev_raid_delete bdev_raid_get_bdevs bdev_raid_remove_base_bdev bdev_raid_set_options
  bdev_set_qd_sampling_period bdev_split_create bdev_split_delete bdev_uring_create bdev_uring_delete
  bdev_uring_rescan bdev_zone_block_create bdev_zone_block_delete env_dpdk_get_mem_stats framework_get_governor
  framework_get_pci_devices framework_get_reactors fsdev_aio_create fsdev_aio_delete fsdev_get_opts
  fsdev_set_opts iobuf_get_stats iscsi_auth_group_add_secret iscsi_create_auth_group
  iscsi_create_initiator_group iscsi_create_portal_group iscsi_create_target_node iscsi_delete_auth_group
  iscsi_delete_initiator_group iscsi_delete_portal_group iscsi_delete_target_node iscsi_get_auth_groups
  iscsi_get_connections iscsi_get_initiator_groups iscsi_get_options iscsi_get_portal_groups iscsi_get_stats
  iscsi_get_target_nodes iscsi_initiator_group_add_initiators iscsi_initiator_group_remove_initiators
  iscsi_set_discovery_auth iscsi_target_node_add_lun iscsi_target_node_remove_pg_ig_maps
  iscsi_target_node_set_auth keyring_linux_set_options log_get_level nbd_get_disks notify_get_notifications
  notify_get_types nvmf_set_config nvmf_set_max_subsystems scheduler_set_options scsi_get_devices
  sock_get_default_impl sock_impl_get_options thread_get_stats vfu_tgt_set_base_path
  vfu_virtio_create_blk_endpoint vfu_virtio_create_fs_endpoint vfu_virtio_create_scsi_endpoint
  vfu_virtio_delete_endpoint vfu_virtio_scsi_add_target vfu_virtio_scsi_remove_target
  virtio_blk_create_transport
`);

/** Names that were called and that no version has. */
const NOBODYS = list(`
  bdev_error_resume_io fsdev_get_fsdevs no_such_method vhost_create_fs_controller
`);

export const NAMED = [...SIMULATED, ...LEFT_OUT, ...NOBODYS];

/** Whether the answers for a verb count: those that the version has and we left out do not, its refusals of others do. */
export function isCompared(verb: string, version: SpdkVersionName): boolean {
  return !LEFT_OUT.includes(verb) || !methodsOf(version, { aliases: true }).includes(verb);
}

/** Cases of compared verbs that cannot agree, and why. */
export const EXCEPTIONS: readonly {
  readonly cases: readonly string[];
  readonly why: string;
  /** Where only one version's answer differs. */
  readonly only?: SpdkVersionName;
}[] = [
  {
    cases: [
      "lvol/get_by_alias",
      "lvol/get_by_uuid",
      "lvol/get_thin",
      "lvol/get_snap",
      "lvol/get_v1_after_snap",
      "lvol/get_clone",
      "new.lvol/ext_get",
      "new.lvol/ext_get_degraded",
      "new.crash.lvol_ext_parent_same_store/get",
      "new.crash.lvol_ext_parent_same_store/get_after",
    ],
    why: "shows logical volumes",
  },
  {
    cases: ["new.lvol/del_ext_base"],
    why: "hangs because a logical volume stands on the bdev",
  },
  {
    cases: ["raid/bdev_r0", "raid/bdev_r1", "raid/bdev_r1b", "raid/bdev_r5", "raid/bdev_cc", "new.raid/base_bdev"],
    why: "shows RAID bdevs or their claim",
  },
  {
    cases: [
      "vbdev/delay_get",
      "vbdev/error_get",
      "vbdev/split_get",
      "vbdev/passthru_get",
      "vbdev/zone_get",
      "vbdev/end",
      "iscsi/init_get",
    ],
    why: "shows bdevs of modules that are left out",
  },
  {
    cases: [
      "new.discovery/controllers",
      "new.discovery/bdevs",
      "new.discovery/ctrls_after_new_sub",
      "new.discovery/detach_discovered",
      "new.discovery/detach_d00",
    ],
    why: "the controllers came from bdev_nvme_start_discovery, which is left out",
  },
  { cases: ["core/config_iscsi"], why: "iSCSI is left out, so it has no options to list" },
  {
    cases: ["core/raw_parse_error"],
    why: "SPDK closes on a request that ends in mid-air; the simulator waits for the rest, for a request may come in pieces",
  },
  {
    cases: ["vhost/sockets"],
    why: "where a name that is too long for a socket's path is cut depends on the folder's length",
  },
  {
    cases: ["selfloop/version_after"],
    why: "the recorded SPDK hung since the call before, which the simulator refuses instead",
  },
  {
    cases: ["new.nvmf/far_stats"],
    why: "SPDK's initiator opens I/O queues to examine a new namespace; the simulator's reads it without",
  },
  {
    cases: ["bdev/uring_get", "bdev/uring_get_resized", "new.raid.superblock.uuid/bdev"],
    why: "shows bdevs of modules that are left out",
    only: "26.05",
  },
  {
    cases: ["new.fsdev/config_empty", "new.fsdev/config", "new.fsdev/config_end"],
    why: "shows file systems",
    only: "26.05",
  },
  {
    cases: ["new.bdev/config_batches"],
    why: "lists bdevs of modules that are left out, and in batches, which nobody here reads",
    only: "26.05",
  },
  {
    cases: ["new.nvmf.startup/config"],
    why: "nvmf_set_config, which is left out, had changed the configuration",
    only: "26.05",
  },
  {
    cases: ["new.crash.enable_histogram_bad_opc/delete_bdev"],
    why: "hangs because of a histogram",
    only: "26.05",
  },
  {
    cases: ["new.bdev/iostat_all_reset"],
    why: "SPDK read 4 KiB more of one AIO bdev than of any other, and the recordings do not tell why",
    only: "26.05",
  },
  {
    cases: ["selfloop/add_ns_deadlocks"],
    why: "26.05 answers before it hangs, and the simulator refuses what would hang",
    only: "26.05",
  },
  {
    cases: [
      "new.nvme_auth/ctrl_after_bad_keys",
      "new.nvme_auth/ctrl_b1",
      "new.nvme_auth/ctrl_b1_after_no_keys",
      "new.nvme_auth/ctrl_n3",
      "new.nvme_auth/ctrl_t1",
      "new.nvme_auth/far_qpairs_both",
      "new.nvme_auth/t1_after_host_rm",
    ],
    why: "a controller that is locked out tries again as time goes by, and each try takes a controller id",
    only: "26.05",
  },
  { cases: ["vbdev/compress_get"], why: "shows a bdev of a module that is left out", only: "24.05" },
];

function list(names: string): readonly string[] {
  return names.trim().split(/\s+/);
}
