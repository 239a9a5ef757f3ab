import type { SpdkTransportId } from "./transport-id";

export interface SpdkNvmeControllerPath {
  readonly state: string;
  readonly trid: SpdkTransportId;
  readonly cntlid: number;
  readonly host: { readonly nqn: string; readonly addr: string; readonly svcid: string };
}

/** One element of the result of bdev_nvme_get_controllers: a name and its paths. */
export interface SpdkNvmeController {
  readonly name: string;
  readonly ctrlrs: readonly SpdkNvmeControllerPath[];
}

/** Result of bdev_nvme_get_io_paths: paths in use, by poll group. */
export interface SpdkNvmeIoPaths {
  readonly poll_groups: readonly {
    readonly thread: string;
    readonly io_paths: readonly {
      readonly bdev_name: string;
      readonly cntlid: number;
      readonly current: boolean;
      readonly connected: boolean;
      readonly accessible: boolean;
      readonly transport: SpdkTransportId;
    }[];
  }[];
}

/** Result of bdev_nvme_get_controller_health_info (NVMe base specification, SMART / Health Information log page). */
export interface SpdkNvmeHealth {
  readonly model_number: string;
  readonly serial_number: string;
  readonly firmware_revision: string;
  readonly traddr: string;
  readonly critical_warning: number;
  readonly temperature_celsius: number;
  readonly available_spare_percentage: number;
  readonly available_spare_threshold_percentage: number;
  readonly percentage_used: number;
  readonly data_units_read: number;
  readonly data_units_written: number;
  readonly host_read_commands: number;
  readonly host_write_commands: number;
  readonly controller_busy_time: number;
  readonly power_cycles: number;
  readonly power_on_hours: number;
  readonly unsafe_shutdowns: number;
  readonly media_errors: number;
  readonly num_err_log_entries: number;
  readonly warning_temperature_time_minutes: number;
  readonly critical_composite_temperature_time_minutes: number;
}
