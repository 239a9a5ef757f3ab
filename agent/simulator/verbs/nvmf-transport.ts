import { transportName } from "../fabric/transport-id";
import { TARGET_NAME } from "../nvmf/target";
import { errnoFault, INTERNAL_ERROR, INVALID_PARAMS, RpcFault } from "../rpc/fault";
import { boolean, listOf, optional, string, uint16, uint32 } from "../rpc/params";
import { bareVerb, INVALID_PARAMETERS, verb } from "../rpc/verb";

/** Transports and statistics of the NVMe-oF target. */
export const nvmfTransportVerbs = [
  verb("nvmf_create_transport", {
    params: {
      trtype: string,
      tgt_name: optional(string),
      max_queue_depth: optional(uint32),
      max_io_qpairs_per_ctrlr: optional(uint32),
      in_capsule_data_size: optional(uint32),
      max_io_size: optional(uint32),
      io_unit_size: optional(uint32),
      max_aq_depth: optional(uint32),
      num_shared_buffers: optional(uint32),
      buf_cache_size: optional(uint32),
      dif_insert_or_strip: optional(boolean),
      zcopy: optional(boolean),
      c2h_success: optional(boolean),
      sock_priority: optional(uint32),
      abort_timeout_sec: optional(uint32),
      ack_timeout: optional(uint32),
      data_wr_pool_size: optional(uint32),
    },
    newer: {
      iobuf_small_cache_size: optional(uint32),
      iobuf_large_cache_size: optional(uint32),
      disable_command_passthru: optional(boolean),
      kas: optional(uint16),
      min_kato: optional(uint32),
      masked_oncs: optional(listOf(string)),
      masked_fuses: optional(listOf(string)),
    },
    // Transports have options of their own, so unknown members pass (recorded: new.nvmf.startup/tr_masked_int).
    unknownMembers: "ignored",
    undecodable: INVALID_PARAMETERS,
    run(spdk, { trtype, tgt_name, ...given }) {
      requireTarget(tgt_name);
      const name = transportName(trtype);
      const defaults = spdk.traits.transports[name] as Readonly<Record<string, number | boolean>> | undefined;
      // An SPDK without the vfio-user library has neither its verbs nor its transport.
      const isLeftOut = name === "VFIOUSER" && spdk.lacks.has("vfu_tgt_set_base_path");
      if (defaults === undefined || isLeftOut) throw new RpcFault(INVALID_PARAMS, `Invalid transport type '${trtype}'`);
      if (spdk.nvmf.transports.has(name))
        throw new RpcFault(INTERNAL_ERROR, `Transport type '${trtype}' already exists`);
      const { masked_oncs: _oncs, masked_fuses: _fuses, ...named } = given;
      const options: Readonly<Record<string, number | boolean | undefined>> = named;
      spdk.nvmf.transports.set(
        name,
        Object.fromEntries(Object.entries(defaults).map(([option, value]) => [option, options[option] ?? value])),
      );
      return true;
    },
  }),

  verb("nvmf_get_transports", {
    params: { trtype: optional(string), tgt_name: optional(string) },
    undecodable: INVALID_PARAMETERS,
    run(spdk, { trtype, tgt_name }) {
      requireTarget(tgt_name);
      const transports = [...spdk.nvmf.transports].map(([name, options]) => ({ trtype: name, ...options }));
      if (trtype === undefined) return transports;
      const found = transports.filter((transport) => transport.trtype === transportName(trtype));
      if (found.length === 0) throw errnoFault("ENODEV");
      return found;
    },
  }),

  bareVerb("nvmf_get_targets", () => [TARGET_NAME]),

  verb("nvmf_get_stats", {
    params: { tgt_name: optional(string) },
    undecodable: INVALID_PARAMETERS,
    run(spdk, { tgt_name }) {
      if ((tgt_name ?? TARGET_NAME) !== TARGET_NAME) throw new RpcFault(INTERNAL_ERROR, "Unable to find a target.");
      return {
        tick_rate: spdk.clock.tickRate,
        poll_groups: [
          {
            name: "nvmf_tgt_poll_group_000",
            admin_qpairs: spdk.nvmf.adminQueuesEver,
            io_qpairs: 0,
            current_admin_qpairs: spdk.nvmf.connectedHosts(),
            current_io_qpairs: 0,
            ...(spdk.traits.showsUnassociatedQueues ? { current_unassociated_qpairs: 0 } : {}),
            pending_bdev_io: 0,
            completed_nvme_io: spdk.nvmf.completedIo,
            transports: [...spdk.nvmf.transports.keys()].map((trtype) => ({
              trtype,
              ...(trtype === "VFIOUSER" ? spdk.traits.vfioUserStatistics : {}),
            })),
          },
        ],
      };
    },
  }),
];

/** Recorded: new.nvmf/sub_bad_tgt. */
export function requireTarget(name: string = TARGET_NAME): void {
  if (name !== TARGET_NAME) throw new RpcFault(INTERNAL_ERROR, `Unable to find target ${name}`);
}
