import { MULTIPATH_OPTIONS } from "../nvme/multipath";
import { DEFAULT_NVME_OPTIONS, type NvmeOptions } from "../nvme/options";
import { RpcFault } from "../rpc/fault";
import {
  boolean,
  int32,
  listOf,
  oneOf,
  optional,
  string,
  uint16,
  uint32,
  uint64,
  uint8,
  type Param,
  type Schema,
} from "../rpc/params";
import { bareVerb, verb } from "../rpc/verb";

const EPERM = -1;

/** Attached NVMe controllers: what they are, and what can be done to them. */
export const bdevNvmeVerbs = [
  verb("bdev_nvme_get_controllers", {
    params: { name: optional(string) },
    run(spdk, { name }) {
      if (name === undefined) return spdk.nvme.all().map((controller) => controller.describe());
      return [spdk.nvme.getListed(name).describe()];
    },
  }),

  verb("bdev_nvme_reset_controller", {
    params: { name: string, cntlid: optional(uint16) },
    run(spdk, { name }) {
      spdk.nvme.get(name).reset();
      return true;
    },
  }),

  verb("bdev_nvme_disable_controller", {
    params: { name: string, cntlid: optional(uint16) },
    run(spdk, { name }) {
      spdk.nvme.get(name).disable();
      return true;
    },
  }),

  verb("bdev_nvme_enable_controller", {
    params: { name: string, cntlid: optional(uint16) },
    run(spdk, { name }) {
      spdk.nvme.get(name).reset();
      return true;
    },
  }),

  verb("bdev_nvme_get_io_paths", {
    params: { name: optional(string) },
    run(spdk, { name }) {
      if (name !== undefined) spdk.nvme.getBdev(name);
      // An I/O path belongs to a thread's open channel, and nothing inside the simulator keeps one (recorded: nvme/iopaths).
      return { poll_groups: [] };
    },
  }),

  bareVerb("bdev_nvme_get_transport_statistics", () => ({ poll_groups: [] })),

  verb("bdev_nvme_get_controller_health_info", {
    params: { name: string },
    run(spdk, { name }) {
      const path = spdk.nvme.get(name).first;
      const identity = path?.connection.controller;
      return {
        model_number: identity?.modelNumber,
        serial_number: identity?.serialNumber,
        firmware_revision: identity?.firmwareRevision,
        traddr: path?.trid.traddr,
        critical_warning: 0,
        // SPDK's target reports 0 K, and SPDK writes -273 °C without its sign (recorded: nvme/health).
        temperature_celsius: 2 ** 64 - 273,
        available_spare_percentage: 0,
        available_spare_threshold_percentage: 0,
        percentage_used: 0,
        data_units_read: 0,
        data_units_written: 0,
        host_read_commands: 0,
        host_write_commands: 0,
        controller_busy_time: 0,
        power_cycles: 0,
        power_on_hours: 0,
        unsafe_shutdowns: 0,
        media_errors: 0,
        num_err_log_entries: 0,
        warning_temperature_time_minutes: 0,
        critical_composite_temperature_time_minutes: 0,
      };
    },
  }),

  verb("bdev_nvme_set_multipath_policy", {
    params: {
      name: string,
      policy: oneOf("active_passive", "active_active"),
      selector: optional(oneOf("round_robin", "queue_depth")),
      rr_min_io: optional(uint32),
    },
    run(spdk, { name, policy }) {
      spdk.nvme.getBdev(name).policy = policy;
      return true;
    },
  }),

  verb("bdev_nvme_set_preferred_path", {
    params: { name: string, cntlid: uint16 },
    run(spdk, { name, cntlid }) {
      spdk.nvme.getBdev(name).prefer(cntlid);
      return true;
    },
  }),

  verb("bdev_nvme_set_options", {
    phase: "any",
    params: optionParams(),
    former: { retry_count: optional(uint32) },
    newer: {
      rdma_umr_per_io: optional(boolean),
      tcp_connect_timeout_ms: optional(uint32),
      enable_flush: optional(boolean),
      multipath_opts: optional(MULTIPATH_OPTIONS),
    },
    run(spdk, params) {
      // Recorded: new.nvme_auth/opts_late.
      if (spdk.nvme.all().length > 0)
        throw new RpcFault(EPERM, "RPC not permitted with nvme controllers already attached");
      const given = Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));
      // The schema lets only these values through.
      spdk.nvmeOptions = { ...spdk.nvmeOptions, ...(given as NvmeOptions) };
      return true;
    },
  }),
];

function optionParams(): Schema {
  const special: Readonly<Record<string, Param<unknown>>> = {
    action_on_timeout: oneOf("none", "reset", "abort"),
    timeout_us: uint64,
    timeout_admin_us: uint64,
    nvme_adminq_poll_period_us: uint64,
    nvme_ioq_poll_period_us: uint64,
    bdev_retry_count: int32,
    ctrlr_loss_timeout_sec: int32,
    transport_ack_timeout: uint8,
    transport_tos: uint8,
    rdma_cm_event_timeout_ms: uint16,
    dhchap_digests: listOf(oneOf("sha256", "sha384", "sha512")),
    dhchap_dhgroups: listOf(oneOf("null", "ffdhe2048", "ffdhe3072", "ffdhe4096", "ffdhe6144", "ffdhe8192")),
  };
  const names = new Set([...Object.keys(DEFAULT_NVME_OPTIONS), ...Object.keys(special)]);
  return Object.fromEntries(
    [...names].map((name) => {
      const known = special[name] as Param<unknown> | undefined;
      return [name, optional(known ?? (typeof DEFAULT_NVME_OPTIONS[name] === "boolean" ? boolean : uint32))];
    }),
  );
}
