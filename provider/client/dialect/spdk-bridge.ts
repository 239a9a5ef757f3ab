import { standard } from "./standard";
import type { Dialect } from "./types";

const noTargets = "The reference bridge has no virtio-scsi targets: its LUNs hang on the controller that has their id.";
const noRemoteNamespaces = "The reference bridge does not tell the namespaces of remote controllers: name their bdevs.";
const noCounters = "The reference bridge counts nothing here: it answers -1, or nothing.";
const replaced = "The reference bridge does not implement it: a change replaces the object.";

/**
 * The reference bridge on SPDK 24.05, as recorded in recordings/bridge-grpc.jsonl (AGENTS.md, "The reference bridge").
 * Cases are named after the facts they show.
 */
export const spdkBridge: Dialect = {
  ...standard,
  name: "spdk-bridge",
  unavailable: {
    // VirtioScsiTarget/create, get, list, …: "method … not implemented"
    VirtioScsiTarget: {
      create: noTargets,
      get: noTargets,
      update: noTargets,
      delete: noTargets,
      list: noTargets,
      stats: noTargets,
    },
    NvmeRemoteNamespace: { get: noRemoteNamespaces, list: noRemoteNamespaces },
    // special.inventory/unregistered
    Inventory: { get: "The reference bridge does not register the inventory service." },
    // NvmeSubsystem/update_*, VirtioBlk/update_*; NvmeSubsystem/stats and the other stats cases
    NvmeSubsystem: { update: replaced, stats: noCounters },
    NvmeController: { stats: noCounters },
    NvmeNamespace: { stats: noCounters },
    VirtioBlk: { update: replaced, stats: "The reference bridge has no counters of virtio-blk devices." },
    VirtioScsiController: { stats: noCounters },
    VirtioScsiLun: { stats: noCounters },
    NvmePath: { stats: noCounters },
    NvmeRemoteController: {
      stats: noCounters,
      // It succeeds for names that do not exist, and sends SPDK nothing.
      reset: "The reference bridge answers OK and resets nothing.",
    },
  },
  reads: {
    // NullVolume/get, MallocVolume/get, AioVolume/get: facts of the bdev
    NullVolume: ["blockSize", "blocksCount", "uuid"],
    // with metadata the block size comes back larger (MallocVolume.bad/get_metadata_8: 520)
    MallocVolume: ["blocksCount", "uuid"],
    AioVolume: ["blockSize", "blocksCount"],
    // EncryptedVolume/get: a bare name
    EncryptedVolume: [],
    // NvmeSubsystem/get: no name, and "TBD" for the firmware
    NvmeSubsystem: ["nqn", "serialNumber", "modelNumber"],
    // NvmeController/get: the id is always -1
    NvmeController: ["active"],
    NvmeNamespace: ["hostNsid", "state", "operState"],
    // VirtioBlk/get: always physical function 1 and "TBD"; VirtioScsiController/get: a name; VirtioScsiLun/get: itself
    VirtioBlk: [],
    VirtioScsiController: [],
    VirtioScsiLun: [],
    // NvmePath/get_2: the first SPDK controller with that NQN, perhaps a sibling
    NvmePath: [],
  },
  updates: {
    // NullVolume/update_mask_one, MallocVolume/…: deleted and made again as 512 × 64; the data is gone
    NullVolume: [],
    MallocVolume: [],
    // AioVolume/update_mask_one: deleted and made again
    AioVolume: [],
    EncryptedVolume: [],
    // NvmeController/update_mask_one and the like: stored or echoed, never told to SPDK
    NvmeSubsystem: [],
    NvmeController: [],
    NvmeNamespace: [],
    NvmeRemoteController: [],
    NvmePath: [],
    VirtioBlk: [],
    // VirtioScsiController/update_mask_one: answers an empty message
    VirtioScsiController: [],
    VirtioScsiLun: [],
    // QosVolume/update_mask_one: the one that works
    QosVolume: ["limits"],
  },
  // What no SPDK call of the recorded creates carries.
  ignores: {
    // NullVolume.bad/create_uuid_given, AioVolume.bad/create_uuid_malformed
    NullVolume: ["uuid"],
    MallocVolume: ["uuid"],
    AioVolume: ["uuid", "blockSize", "blocksCount"],
    NvmeSubsystem: ["fruGuid"],
    // NvmeController/create
    NvmeController: ["nvmeControllerId", "maxNsq", "maxNcq", "sqes", "cqes", "maxNamespaces", "minLimit", "maxLimit"],
    // NvmeNamespace/create
    NvmeNamespace: ["uuid", "nguid", "eui64"],
    // VirtioBlk/create
    VirtioBlk: ["maxIoQps", "minLimit", "maxLimit"],
    VirtioScsiController: ["minLimit", "maxLimit"],
    // VirtioScsiLun/create: the controller with the LUN's own id, target 5
    VirtioScsiLun: ["targetNameRef"],
    NvmeRemoteController: ["ioQueuesCount", "queueSize"],
    NvmePath: ["fabrics.sourceTraddr", "fabrics.sourceTrsvcid"],
  },
  refuses: {
    // QosVolume.bad/create_min_only
    QosVolume: {
      "limits.min": "SPDK has upper limits only; leave out limits.min.",
      // QosVolume.bad/create_rd_iops, create_wr_iops
      "limits.max.rdIopsKiops": "SPDK limits reads and writes together: give limits.max.rwIopsKiops.",
      "limits.max.wrIopsKiops": "SPDK limits reads and writes together: give limits.max.rwIopsKiops.",
    },
  },
  accepts: {
    // EncryptedVolume.bad/create_aes192
    EncryptedVolume: { cipher: ["ENCRYPTION_TYPE_AES_XTS_128", "ENCRYPTION_TYPE_AES_XTS_256"] },
    NvmeController: {
      // NvmeController.bad/create_rdma, create_fc
      trtype: ["NVME_TRANSPORT_TYPE_TCP", "NVME_TRANSPORT_TYPE_PCIE"],
      // special.kvm/pcie_port1, pcie_vf1
      "pcieId.portId": [0],
      "pcieId.virtualFunction": [0],
    },
    // VirtioBlk.bad/create_port_1, create_vf_1
    VirtioBlk: { "pcieId.portId": [0], "pcieId.virtualFunction": [0] },
    // NvmePath.bad/create_fc, create_custom
    NvmePath: { trtype: ["NVME_TRANSPORT_TYPE_TCP", "NVME_TRANSPORT_TYPE_RDMA", "NVME_TRANSPORT_TYPE_PCIE"] },
  },
  patterns: {
    // NvmeSubsystem.bad/create_nqn_underscore, create_nqn_domain_hyphen
    NvmeSubsystem: {
      nqn: {
        pattern: /^nqn\.\d{4}-\d{2}\.[a-z0-9]+(\.[a-z0-9]+)*:[a-zA-Z0-9:.-]+$/,
        form:
          "nqn.yyyy-mm.domain:name, with neither hyphens in the domain nor underscores anywhere, such as " +
          "nqn.2014-08.org.example:disk-1",
      },
    },
  },
  caveats: {
    // NvmeController.bad/create_pcie: handler for transport type NVME_TRANSPORT_TYPE_PCIE is not registered
    NvmeController: [
      {
        property: "trtype",
        when: { is: "NVME_TRANSPORT_TYPE_PCIE" },
        text:
          "PCIe controllers need a bridge that was started with -kvm, and take one controller a subsystem; any other " +
          "bridge refuses them, and takes NVME_TRANSPORT_TYPE_TCP",
      },
    ],
  },
  chosenIds: {
    // special.names/lun_no_controller, lun_named_like_controller
    VirtioScsiLun: "the id of the VirtioScsiController that the logical unit hangs on",
  },
  // NullVolume/create, VirtioBlk/create, VirtioScsiLun/create: all are volumes/{id}
  collections: {
    NullVolume: "volumes",
    MallocVolume: "volumes",
    AioVolume: "volumes",
    EncryptedVolume: "volumes",
    QosVolume: "volumes",
    VirtioBlk: "volumes",
    VirtioScsiController: "volumes",
    VirtioScsiLun: "volumes",
  },
  // special.names/malloc_same_id_as_null, scsi_same_id_as_blk: File exists
  nameSpaces: [
    ["NullVolume", "MallocVolume", "AioVolume", "EncryptedVolume"],
    ["VirtioBlk", "VirtioScsiController"],
  ],
  // NvmeNamespace/create takes the bare name of a bdev
  references: "id",
  // NullVolume/create_same_id_different_values: OK, with the old object
  reportsExisting: false,
  answersAreStored: false,
  // special.concurrent: fatal error: concurrent map read and map write
  concurrentWrites: false,
  // special.restart_bridge: NOT_FOUND of what SPDK still has
  remembers: false,
  // The deletes that the bridge itself sends (NullVolume/delete, …).
  removal: {
    NullVolume: "rpc.py bdev_null_delete {id}",
    MallocVolume: "rpc.py bdev_malloc_delete {id}",
    AioVolume: "rpc.py bdev_aio_delete {id}",
    EncryptedVolume: "rpc.py bdev_crypto_delete {id}; rpc.py accel_crypto_key_destroy -n {id}",
    NvmeSubsystem: "rpc.py nvmf_delete_subsystem {nqn}",
    VirtioBlk: "rpc.py vhost_delete_controller {id}",
    VirtioScsiController: "rpc.py vhost_delete_controller {id}",
    VirtioScsiLun: "rpc.py vhost_scsi_controller_remove_target {id} 5",
    NvmePath: "rpc.py bdev_nvme_detach_controller {parent}",
  },
  missing: [
    // special.spdk_restart/after_GetNullVolume, after_DeleteNullVolume
    /json response error: No such device/,
    // special.refs/orphan_GetNvmeNamespace: the parent is gone, and with it the children
    /^unable to find subsystem/,
    // special.spdk_restart/after_GetNvmeSubsystem (INVALID_ARGUMENT), special.refs/get_ns_after
    /^Could not find (NQN|NSID):/,
  ],
  hints: [
    {
      // special.encrypted/base_already_claimed_retry_same_id: a create that failed half-way leaves its key
      text: /failed to create DEK, rc -17/,
      remedy:
        "A key of that name is left in SPDK, from an earlier create that failed or from an agent that was restarted: " +
        "remove it (rpc.py accel_crypto_key_destroy -n {id}), or choose another resourceId.",
    },
    {
      // special.encrypted/base_already_claimed
      text: /bdev_crypto_create: json response error: Operation not permitted/,
      remedy:
        "The volume below is in use already, by another encrypted volume or a namespace. The key of this attempt is " +
        "left in SPDK: remove it before the next (rpc.py accel_crypto_key_destroy -n {id}), or choose another resourceId.",
    },
    {
      // special.names/create_over_foreign_bdev, scsi_same_id_as_blk
      text: /json response error: File exists/,
      remedy:
        "SPDK has something of that name: all kinds of volumes share one space of names there, and all virtio devices " +
        "another. Choose another resourceId, or remove what is there.",
    },
  ],
  // Those lists give every vhost controller, or entries without names (NvmeSubsystem/list, NvmeNamespace/list,
  // VirtioScsiLun/list), or the name of the SPDK controller (NvmePath/list).
  namelessLists: { NvmeSubsystem: true, NvmeNamespace: true, NvmePath: true, VirtioScsiLun: true },
  // NvmeController/list_page1: pages are ignored, the token always comes (special.pagination2)
  endlessLists: { NvmeController: true },
  // NvmeNamespace/list_empty
  emptyLists: { NvmeNamespace: /^INVALID_ARGUMENT: Could not find any namespaces/ },
};
