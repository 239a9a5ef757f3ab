/** In the order bdev_get_bdevs lists them. */
export const IO_TYPES = [
  "read",
  "write",
  "unmap",
  "write_zeroes",
  "flush",
  "reset",
  "compare",
  "compare_and_write",
  "abort",
  "nvme_admin",
  "nvme_io",
] as const;

export type IoType = (typeof IO_TYPES)[number];
