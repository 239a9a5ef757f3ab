/** Bytes of protection information by its format: a guard of 16, 32 or 64 bits and the tags. */
const PI_BYTES = [8, 16, 16];

/** Whether SPDK knows the format, and it fits into the metadata, if there is any (recorded: new.bdev/malloc_pi32_small_md, new.bdev/malloc_pi_bad). */
export function isPiFormat(format: number, metadataBytes: number): boolean {
  const bytes = PI_BYTES[format] as number | undefined;
  return bytes !== undefined && (metadataBytes === 0 || format === 0 || bytes <= metadataBytes);
}
