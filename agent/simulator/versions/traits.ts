import { DEFAULT_NVME_OPTIONS, type NvmeOptions } from "../nvme/options";
import {
  TRANSPORTS_24_05,
  TRANSPORTS_26_05,
  VFIOUSER_STATISTICS_24_05,
  VFIOUSER_STATISTICS_26_05,
  type TransportOptions,
} from "../nvmf/transport";
import type { Errno } from "../rpc/fault";
import { IO_TYPES, IO_TYPES_24_05, type IoType } from "../bdev/io-types";
import type { SpdkVersionName } from "../state";

/**
 * What one version does differently from another, by name; the recorded case is that of 26.05 unless said otherwise.
 * Parameters that only one version decodes stand at the verbs (see verb.ts), and verbs that only one has in the lists of
 * methods.
 */
export interface SpdkTraits {
  /** nvme/health: as a controller of the target reports it. */
  readonly firmwareRevision: string;
  /** nvme/bdevs: the NVMe specification it follows. */
  readonly nvmeVersion: string;
  /** core/raw_batch: several requests in one array. */
  readonly answersBatches: boolean;
  /** core/raw_no_id_notification, core/raw_null_id: a request without an id gets an answer. */
  readonly answersNotifications: boolean;
  /** Some messages end in a line feed (24.05: nvme/attach_again, crypto/key_get_missing). */
  readonly messageEnd: "" | "\n";

  /** bdev/null_get: in the order bdev_get_bdevs lists them. */
  readonly ioTypes: readonly IoType[];
  /** bdev/malloc_get. */
  readonly mallocIoTypes: readonly IoType[];
  /** nvme/bdevs. */
  readonly nvmeIoTypes: readonly IoType[];
  /** bdev/malloc_get, crypto/get: memory that malloc and crypto bdevs take data from without a copy. */
  readonly showsMallocMemoryDomains: boolean;
  /** bdev/malloc_get: preferred sizes for writing and unmapping, the format of protection information, the NUMA node. */
  readonly showsPreferences: boolean;
  /** bdev/iostat_all: a new bdev is read for the superblock of a blobstore. */
  readonly looksForBlobstores: boolean;
  /** bdev/qos_iops_small: a limit is changed where I/O flows; a bdev that has one and that nobody has open refuses. */
  readonly limitsNeedTraffic: boolean;
  /** bdev/null_bs500, bdev/null_nb0: what is wrong with a null bdev is said. */
  readonly explainsNullSizes: boolean;

  /** crypto/keys: the tweak mode of each key. */
  readonly showsTweakMode: boolean;
  /** crypto/key_bad_cipher, crypto/key_tweak_bad: names are checked while decoding. */
  readonly decodesCiphers: boolean;

  /** keyring/remove_missing. */
  readonly keyringMissesRemoved: boolean;
  /** new.nvmf_auth/host_psk_path, new.nvme_auth/attach_psk_path: a PSK may be a file's path, and not only a key's name. */
  readonly takesPskPaths: boolean;

  /** nvme/bdevs: memory domains by what they are, each once. */
  readonly namesMemoryDomains: boolean;
  /** nvme/attach_bad_svc: nobody is at the address. */
  readonly nobodyThere: Errno;
  /** nvme/controller_missing: 24.05 says 22 for -22. */
  readonly missingControllerCode: number;
  /** new.nvmf/attach_cntlid_second: hosts of different names may each attach one subsystem. */
  readonly attachesPerHost: boolean;
  /** new.nvme_auth/ctrl_p8: a wrong PSK ends the handshake of TLS, before a controller id is given out. */
  readonly checksPskBeforeConnect: boolean;
  /** new.nvme_auth/attach_psk_unknown_key. */
  readonly missingPsk: Errno;
  /** new.nvme_auth/keys_psk_in_use: an attached controller holds its keys in the keyring. */
  readonly initiatorHoldsKeys: boolean;
  /** nvme/controllers: whether the target was asked not to expect a notice of shutdown. */
  readonly showsShutdownNotice: boolean;
  /** core/config_bdev: in the order framework_get_config lists them. */
  readonly nvmeOptions: NvmeOptions;
  readonly raidOptions: Readonly<Record<string, number>>;
  /** new.nvme_auth/config_bdev: what an attaching call is listed with besides its own parameters. */
  readonly attachDefaults: Readonly<Record<string, unknown>>;

  /** nvmf/transports. */
  readonly transports: Readonly<Record<string, TransportOptions>>;
  /** nvmf/stats. */
  readonly vfioUserStatistics: Readonly<Record<string, number>>;
  readonly showsUnassociatedQueues: boolean;
  /** core/config_nvmf. */
  readonly nvmfConfig: Readonly<Record<string, unknown>>;
  /** new.nvmf/config: all subsystems stand before what is in them. */
  readonly listsSubsystemsFirst: boolean;
  /** nvmf/sub_serial_long: what is wrong with a serial or model number is said. */
  readonly explainsSubsystemTexts: boolean;
  /** nvmf/subs1: pass-through, and the limits of deallocation and of writing zeroes. */
  readonly showsSubsystemLimits: boolean;
  /** nvmf/host_dup: a host that is there already is an error. */
  readonly refusesKnownHosts: boolean;
  /** nvmf/listeners: the address family of a folder. */
  readonly vfioUserFamily: string;
  /** new.nvmf/lst_sock_impl_bad: the socket implementation of a listener is looked up, and listed. */
  readonly knowsSocketImplementations: boolean;
  /** new.nvmf/far_controllers, new.nvmf/far_qpairs: the kind of controller; thread, host and authentication of a queue. */
  readonly describesHosts: boolean;
  /** new.nvme_auth/far_qpairs_tls: 24.05 dies when asked for the queues of a host connected by TLS. */
  readonly survivesSecureQueues: boolean;

  /** vhost/get: controllers are listed by name and not by age. */
  readonly sortsVhostControllers: boolean;
  readonly scheduler: Readonly<Record<string, unknown>>;
}

const TRAITS: Readonly<Record<SpdkVersionName, SpdkTraits>> = {
  "24.05": {
    firmwareRevision: "24.05",
    nvmeVersion: "1.3",
    answersBatches: false,
    answersNotifications: true,
    messageEnd: "\n",
    ioTypes: IO_TYPES_24_05,
    mallocIoTypes: ["read", "write", "unmap", "write_zeroes", "flush", "reset", "abort"],
    nvmeIoTypes: IO_TYPES_24_05,
    showsMallocMemoryDomains: true,
    showsPreferences: false,
    looksForBlobstores: true,
    limitsNeedTraffic: false,
    explainsNullSizes: true,
    showsTweakMode: false,
    decodesCiphers: false,
    keyringMissesRemoved: false,
    takesPskPaths: true,
    namesMemoryDomains: false,
    nobodyThere: "ENODEV",
    missingControllerCode: 22,
    attachesPerHost: false,
    checksPskBeforeConnect: false,
    missingPsk: "EACCES",
    initiatorHoldsKeys: false,
    showsShutdownNotice: false,
    nvmeOptions: DEFAULT_NVME_OPTIONS,
    raidOptions: { process_window_size_kb: 1024 },
    attachDefaults: {},
    transports: TRANSPORTS_24_05,
    vfioUserStatistics: VFIOUSER_STATISTICS_24_05,
    showsUnassociatedQueues: false,
    nvmfConfig: { discovery_filter: "match_any", admin_cmd_passthru: { identify_ctrlr: false } },
    listsSubsystemsFirst: false,
    explainsSubsystemTexts: true,
    showsSubsystemLimits: false,
    refusesKnownHosts: false,
    vfioUserFamily: "IPv4",
    knowsSocketImplementations: false,
    describesHosts: false,
    survivesSecureQueues: false,
    sortsVhostControllers: false,
    scheduler: { scheduler_name: "static", scheduler_period: 0 },
  },
  "26.05": {
    firmwareRevision: "26.05",
    nvmeVersion: "2.0",
    answersBatches: true,
    answersNotifications: false,
    messageEnd: "",
    ioTypes: IO_TYPES,
    mallocIoTypes: ["read", "write", "unmap", "write_zeroes", "flush", "reset", "compare", "abort", "zcopy", "copy"],
    nvmeIoTypes: [...IO_TYPES_24_05, "copy"],
    showsMallocMemoryDomains: false,
    showsPreferences: true,
    looksForBlobstores: false,
    limitsNeedTraffic: true,
    explainsNullSizes: false,
    showsTweakMode: true,
    decodesCiphers: true,
    keyringMissesRemoved: true,
    takesPskPaths: false,
    namesMemoryDomains: true,
    nobodyThere: "EIO",
    missingControllerCode: -22,
    attachesPerHost: true,
    checksPskBeforeConnect: true,
    missingPsk: "ENOKEY",
    initiatorHoldsKeys: true,
    showsShutdownNotice: true,
    nvmeOptions: {
      ...DEFAULT_NVME_OPTIONS,
      rdma_umr_per_io: false,
      tcp_connect_timeout_ms: 0,
      enable_flush: false,
      multipath_opts: { policy: "active_passive" },
    },
    raidOptions: { process_window_size_kb: 1024, process_max_bandwidth_mb_sec: 0 },
    attachDefaults: {
      multipath: "multipath",
      fabrics_connect_timeout_us: 500_000,
      num_io_queues: 127,
      multipath_opts: { policy: "active_passive" },
    },
    transports: TRANSPORTS_26_05,
    vfioUserStatistics: VFIOUSER_STATISTICS_26_05,
    showsUnassociatedQueues: true,
    nvmfConfig: {
      discovery_filter: "match_any",
      admin_cmd_passthru: {
        identify_ctrlr: false,
        identify_uuid_list: false,
        get_log_page: false,
        get_set_features: false,
        sanitize: false,
        security_send_recv: false,
        fw_update: false,
        nvme_mi: false,
        vendor_specific: false,
      },
      dhchap_digests: ["sha256", "sha384", "sha512"],
      dhchap_dhgroups: ["null", "ffdhe2048", "ffdhe3072", "ffdhe4096", "ffdhe6144", "ffdhe8192"],
      dup_host_policy: "allow",
    },
    listsSubsystemsFirst: true,
    explainsSubsystemTexts: false,
    showsSubsystemLimits: true,
    refusesKnownHosts: true,
    vfioUserFamily: "unknown",
    knowsSocketImplementations: true,
    describesHosts: true,
    survivesSecureQueues: true,
    sortsVhostControllers: true,
    scheduler: { scheduler_name: "static", scheduler_period: 0, isolated_core_mask: "0", scheduling_core: 0 },
  },
};

export function traitsOf(version: SpdkVersionName): SpdkTraits {
  return TRAITS[version];
}
