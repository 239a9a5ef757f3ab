import { randomUUID } from "node:crypto";

import { FileStore } from "../bdev/block-store";
import { errnoFault, isErrno } from "../rpc/fault";
import { boolean, optional, string, uint32, uuid } from "../rpc/params";
import { verb } from "../rpc/verb";

/** Devices in files: bdev_aio_*. */
export const bdevAioVerbs = [
  verb("bdev_aio_create", {
    params: {
      name: string,
      filename: string,
      block_size: optional(uint32),
      readonly: optional(boolean),
      fallocate: optional(boolean),
    },
    newer: { uuid: optional(uuid), nowait: optional(boolean) },
    run(spdk, params) {
      const { name, filename, block_size, readonly = false, fallocate = false, nowait = false } = params;
      // Not on a file (recorded: new.bdev/aio_nowait), and a device of the machine is not looked for here.
      if (nowait) throw errnoFault("EOPNOTSUPP");
      const store = openFile(filename, readonly);
      try {
        // A regular file has no block size of its own (recorded: bdev/aio_no_bs); a device's is not asked here.
        if (block_size === undefined || block_size < 512 || !isPowerOfTwo(block_size)) throw errnoFault("EINVAL");
        if (store.size % block_size !== 0) throw errnoFault("EINVAL");
        return spdk.bdevs.register({
          name,
          uuid: params.uuid ?? randomUUID(),
          module: "aio",
          productName: "AIO disk",
          blockSize: block_size,
          numBlocks: store.size / block_size,
          ioTypes: [...READ_IO, ...(readonly ? [] : WRITE_IO), ...(fallocate ? (["unmap"] as const) : [])],
          store,
          driverSpecific: () => ({
            aio: {
              filename,
              block_size_override: true,
              readonly,
              fallocate,
              ...(spdk.traits.showsPreferences ? { nowait } : {}),
            },
          }),
        }).name;
      } catch (error) {
        store.close();
        throw error;
      }
    },
  }),

  verb("bdev_aio_rescan", {
    params: { name: string },
    run(spdk, { name }) {
      const bdev = spdk.bdevs.getOf("aio", name);
      if (bdev.store instanceof FileStore) spdk.bdevs.resize(bdev, Math.floor(bdev.store.size / bdev.blockSize));
      return true;
    },
  }),

  verb("bdev_aio_delete", {
    params: { name: string },
    run(spdk, { name }) {
      spdk.bdevs.unregister(spdk.bdevs.getOf("aio", name));
      return true;
    },
  }),
];

const READ_IO = ["read", "flush", "reset"] as const;
const WRITE_IO = ["write", "write_zeroes"] as const;

function isPowerOfTwo(value: number): boolean {
  return (value & (value - 1)) === 0;
}

function openFile(filename: string, readonly: boolean): FileStore {
  try {
    return FileStore.open(filename, readonly);
  } catch (error) {
    const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
    throw isErrno(code) ? errnoFault(code) : errnoFault("EIO");
  }
}
