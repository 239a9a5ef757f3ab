import { invalidArgument } from "../aip/status";

/** SPDK keeps block sizes in 32 bits and sizes in bytes in 64. */
const LARGEST_BLOCK = 2n ** 32n - 1n;
const LARGEST_VOLUME = 2n ** 63n - 1n;

export function checkBlocks(
  { blockSize, blocksCount }: { readonly blockSize: bigint; readonly blocksCount: bigint },
  field: string,
): void {
  if (blockSize < 1n || blockSize > LARGEST_BLOCK)
    throw invalidArgument(`${field}.block_size: ${blockSize} is not between 1 and ${LARGEST_BLOCK}`);
  if (blocksCount < 1n) throw invalidArgument(`${field}.blocks_count: ${blocksCount} is less than 1`);
  if (blocksCount > BigInt(Number.MAX_SAFE_INTEGER) || blocksCount * blockSize > LARGEST_VOLUME)
    throw invalidArgument(
      `${field}.blocks_count: ${blocksCount} blocks of ${blockSize} bytes are more than SPDK counts`,
    );
}

export function checkPowerOfTwoBlock(blockSize: bigint, field: string): void {
  if (blockSize < 512n || (blockSize & (blockSize - 1n)) !== 0n)
    throw invalidArgument(`${field}.block_size: ${blockSize} is neither 512 nor a larger power of two`);
}
