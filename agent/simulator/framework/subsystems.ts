import type { SpdkState, SpdkVersionName } from "../state";
import { bdevConfig } from "./bdev-config";
import { nvmfConfig } from "./nvmf-config";
import { vhostBlkConfig, vhostScsiConfig } from "./vhost-config";

/** One call that framework_get_config lists, to be repeated after a restart. */
export interface ConfigCall {
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

export interface FrameworkSubsystem {
  readonly name: string;
  readonly dependsOn: readonly string[];
  config(spdk: SpdkState): readonly ConfigCall[] | null;
}

const nothing = (): readonly ConfigCall[] => [];

// It has no configuration to write, not even an empty one (recorded: new.fsdev/config_vfu).
const VFIO_USER_TARGET: FrameworkSubsystem = { name: "vfio_user_target", dependsOn: [], config: () => null };

/** The subsystems of 24.05 in the order of their initialization (recorded: core/subsystems). Those the simulator keeps no state for have no configuration. */
const SUBSYSTEMS_24_05: readonly FrameworkSubsystem[] = [
  VFIO_USER_TARGET,
  {
    name: "keyring",
    dependsOn: [],
    config: (spdk) =>
      spdk.keyring.current().map(({ name, path }) => ({ method: "keyring_file_add_key", params: { name, path } })),
  },
  { name: "iobuf", dependsOn: [], config: nothing },
  { name: "sock", dependsOn: [], config: nothing },
  { name: "vmd", dependsOn: [], config: nothing },
  {
    name: "accel",
    dependsOn: ["iobuf"],
    config: (spdk) => [
      {
        method: "accel_set_options",
        params: {
          small_cache_size: 128,
          large_cache_size: 16,
          task_count: 2048,
          sequence_count: 2048,
          buf_count: 2048,
        },
      },
      ...spdk.accelKeys.all().map(({ spec }) => ({ method: "accel_crypto_key_create", params: { ...spec } })),
    ],
  },
  { name: "bdev", dependsOn: ["accel", "keyring", "vmd", "sock", "iobuf"], config: bdevConfig },
  { name: "scsi", dependsOn: ["bdev"], config: nothing },
  { name: "scheduler", dependsOn: [], config: nothing },
  { name: "vhost_scsi", dependsOn: ["scsi"], config: vhostScsiConfig },
  { name: "vhost_blk", dependsOn: ["bdev"], config: vhostBlkConfig },
  { name: "nbd", dependsOn: ["bdev"], config: nothing },
  { name: "nvmf", dependsOn: ["bdev", "keyring", "sock"], config: nvmfConfig },
  { name: "iscsi", dependsOn: ["scsi", "sock"], config: nothing },
];

/** 26.05 has file-system devices too, and starts its vfio-user target later. */
const SUBSYSTEMS_26_05: readonly FrameworkSubsystem[] = [
  { name: "fsdev", dependsOn: [], config: nothing },
  ...SUBSYSTEMS_24_05.filter((subsystem) => subsystem !== VFIO_USER_TARGET).flatMap((subsystem) => {
    if (subsystem.name === "nvmf") return [{ ...subsystem, dependsOn: [...subsystem.dependsOn, "accel", "iobuf"] }];
    if (subsystem.name === "scsi") return [subsystem, { ...VFIO_USER_TARGET, dependsOn: ["bdev", "scsi", "fsdev"] }];
    return [subsystem];
  }),
];

export const FRAMEWORK_SUBSYSTEMS: Readonly<Record<SpdkVersionName, readonly FrameworkSubsystem[]>> = {
  "24.05": SUBSYSTEMS_24_05,
  "26.05": SUBSYSTEMS_26_05,
};
