import { createCipheriv, createDecipheriv } from "node:crypto";

/** AES-XTS (IEEE 1619) with both halves of the key, one data unit a block, and the block's address as the tweak. */
export class AesXts {
  private readonly algorithm: "aes-128-xts" | "aes-256-xts";

  constructor(private readonly key: Buffer) {
    this.algorithm = key.length === 32 ? "aes-128-xts" : "aes-256-xts";
  }

  encrypt(firstBlock: number, blockSize: number, data: Buffer): Buffer {
    return eachBlock(firstBlock, blockSize, data, (tweak, block) => {
      const cipher = createCipheriv(this.algorithm, this.key, tweak);
      return Buffer.concat([cipher.update(block), cipher.final()]);
    });
  }

  decrypt(firstBlock: number, blockSize: number, data: Buffer): Buffer {
    return eachBlock(firstBlock, blockSize, data, (tweak, block) => {
      const decipher = createDecipheriv(this.algorithm, this.key, tweak);
      return Buffer.concat([decipher.update(block), decipher.final()]);
    });
  }
}

function eachBlock(
  firstBlock: number,
  blockSize: number,
  data: Buffer,
  transform: (tweak: Buffer, block: Buffer) => Buffer,
): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at < data.length; at += blockSize) {
    const tweak = Buffer.alloc(16);
    tweak.writeBigUInt64LE(BigInt(firstBlock + at / blockSize));
    blocks.push(transform(tweak, data.subarray(at, at + blockSize)));
  }
  return Buffer.concat(blocks);
}
