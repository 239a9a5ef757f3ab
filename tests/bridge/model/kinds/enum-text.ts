import { NvmeAddressFamily, NvmeTransportType } from "../../../../provider/wire/opi_api/storage/v1/opicommon";

/** `IPV4` for NVME_ADDRESS_FAMILY_IPV4, and the number for what is none (recorded: NvmePath.bad/create_adrfam_99). */
export const adrfamText = (value: unknown): string =>
  (NvmeAddressFamily[Number(value)] ?? String(Number(value))).replace("NVME_ADDRESS_FAMILY_", "");

/** `NVME_TRANSPORT_TYPE_TCP`, or the number. */
export const trtypeName = (value: unknown): string => NvmeTransportType[Number(value)] ?? String(Number(value));

/** `TCP` */
export const trtypeText = (value: unknown): string => trtypeName(value).replace("NVME_TRANSPORT_TYPE_", "");
