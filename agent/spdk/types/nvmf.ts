import type { SpdkListenAddress } from "./transport-id";

export interface SpdkNvmfNamespace {
  readonly nsid: number;
  readonly bdev_name: string;
  readonly name: string;
  readonly nguid?: string;
  readonly eui64?: string;
  readonly uuid?: string;
  readonly anagrpid?: number;
}

export interface SpdkNvmfHost {
  readonly nqn: string;
  readonly dhchap_key?: string;
  readonly dhchap_ctrlr_key?: string;
}

/** One element of the result of nvmf_get_subsystems. The optional fields are absent for discovery subsystems. */
export interface SpdkNvmfSubsystem {
  readonly nqn: string;
  readonly subtype: "NVMe" | "Discovery";
  readonly listen_addresses: readonly SpdkListenAddress[];
  readonly allow_any_host: boolean;
  readonly hosts: readonly SpdkNvmfHost[];
  readonly serial_number?: string;
  readonly model_number?: string;
  readonly max_namespaces?: number;
  readonly min_cntlid?: number;
  readonly max_cntlid?: number;
  readonly namespaces?: readonly SpdkNvmfNamespace[];
}

/** One element of the result of nvmf_subsystem_get_listeners. */
export interface SpdkNvmfListener {
  readonly address: SpdkListenAddress;
  readonly ana_states?: readonly { readonly ana_group: number; readonly ana_state: string }[];
}

/** One element of the result of nvmf_subsystem_get_controllers: a host that is connected. */
export interface SpdkNvmfController {
  readonly cntlid: number;
  readonly hostnqn: string;
  readonly hostid: string;
  readonly num_io_qpairs: number;
}

/** One element of the result of nvmf_subsystem_get_qpairs. */
export interface SpdkNvmfQpair {
  readonly cntlid: number;
  readonly qid: number;
  readonly state: string;
  readonly listen_address: SpdkListenAddress;
  readonly peer_address?: SpdkListenAddress;
}

/** One element of the result of nvmf_get_transports. */
export interface SpdkNvmfTransport {
  readonly trtype: string;
  readonly max_queue_depth: number;
  readonly max_io_qpairs_per_ctrlr: number;
  readonly in_capsule_data_size: number;
  readonly max_io_size: number;
  readonly io_unit_size: number;
  readonly max_aq_depth: number;
  readonly num_shared_buffers: number;
  readonly buf_cache_size: number;
  readonly [option: string]: unknown;
}

/** Result of nvmf_get_stats. */
export interface SpdkNvmfStats {
  readonly tick_rate: number;
  readonly poll_groups: readonly {
    readonly name: string;
    readonly admin_qpairs: number;
    readonly io_qpairs: number;
    readonly current_admin_qpairs: number;
    readonly current_io_qpairs: number;
    readonly pending_bdev_io: number;
    readonly completed_nvme_io: number;
    readonly transports: readonly { readonly trtype: string; readonly [counter: string]: unknown }[];
  }[];
}
