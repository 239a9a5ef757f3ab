import type { Bdev } from "../bdev/bdev";
import type { SpdkState } from "../state";
import type { ConfigCall } from "./subsystems";

/** The bdev layer as the calls that would make it again (recorded: core/config_bdev, new.nvme_auth/config_bdev). */
export function bdevConfig(spdk: SpdkState): readonly ConfigCall[] {
  return [
    {
      method: "bdev_set_options",
      params: {
        bdev_io_pool_size: 65_535,
        bdev_io_cache_size: 256,
        bdev_auto_examine: true,
        iobuf_small_cache_size: 128,
        iobuf_large_cache_size: 16,
      },
    },
    { method: "bdev_raid_set_options", params: spdk.traits.raidOptions },
    { method: "bdev_iscsi_set_options", params: { timeout_sec: 30 } },
    { method: "bdev_nvme_set_options", params: spdk.nvmeOptions },
    ...spdk.nvme.all().map(({ attachConfig }) => ({ method: "bdev_nvme_attach_controller", params: attachConfig })),
    { method: "bdev_nvme_set_hotplug", params: { period_us: 100_000, enable: false } },
    ...[...spdk.bdevs.all()].flatMap((bdev) => creation(bdev)),
    ...[...spdk.bdevs.all()].flatMap((bdev) => limits(bdev)),
    { method: "bdev_wait_for_examine" },
  ];
}

function creation(bdev: Bdev): ConfigCall[] {
  const { name, uuid, blockSize: block_size, numBlocks: num_blocks } = bdev;
  const { aio, crypto } = bdev.spec.driverSpecific() as {
    readonly aio?: { readonly filename: string; readonly readonly: boolean; readonly fallocate: boolean };
    readonly crypto?: Readonly<Record<string, unknown>>;
  };
  switch (bdev.spec.module) {
    case "null":
      return [{ method: "bdev_null_create", params: { name, num_blocks, block_size, uuid } }];
    case "malloc":
      return [{ method: "bdev_malloc_create", params: { name, num_blocks, block_size, uuid } }];
    case "aio":
      return [
        {
          method: "bdev_aio_create",
          params: {
            name,
            block_size,
            filename: aio?.filename,
            readonly: aio?.readonly,
            fallocate: aio?.fallocate,
          },
        },
      ];
    case "crypto":
      return [{ method: "bdev_crypto_create", params: { ...crypto } }];
    case "nvme":
      return [];
  }
}

function limits(bdev: Bdev): ConfigCall[] {
  const set = bdev.limits.toJSON();
  if (Object.values(set).every((limit) => limit === 0)) return [];
  return [{ method: "bdev_set_qos_limit", params: { name: bdev.name, ...set } }];
}
