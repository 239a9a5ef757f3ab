/** In the order bdev_get_bdevs of 24.05 lists them. */
export const IO_TYPES_24_05 = [
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

/** In the order bdev_get_bdevs of 26.05 lists them. */
export const IO_TYPES = [
  "read",
  "write",
  "unmap",
  "flush",
  "reset",
  "nvme_admin",
  "nvme_io",
  "nvme_io_md",
  "write_zeroes",
  "zcopy",
  "get_zone_info",
  "zone_management",
  "zone_append",
  "compare",
  "compare_and_write",
  "abort",
  "seek_hole",
  "seek_data",
  "copy",
  "nvme_iov_md",
  "nvme_nssr",
  "write_uncorrectable",
] as const;

export type IoType = (typeof IO_TYPES)[number];
