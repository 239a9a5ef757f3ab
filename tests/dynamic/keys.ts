import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

/** A valid PSK in interchange format (NVMe TCP Transport Specification, 3.6.1.5), another one for each word. */
export function psk(word: string): string {
  const key = createHash("sha256").update(word).digest();
  const check = Buffer.alloc(4);
  check.writeUInt32LE(crc32(key));
  return `NVMeTLSkey-1:01:${Buffer.concat([key, check]).toString("base64")}:`;
}

/** A valid AES-XTS key of 32 or 64 bytes in hexadecimal digits, another one for each word. */
export function xtsKey(word: string, bytes: 32 | 64 = 64): string {
  return createHash("sha512")
    .update(word)
    .digest("hex")
    .slice(0, bytes * 2);
}
