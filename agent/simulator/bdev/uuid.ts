import { createHash } from "node:crypto";

/** A name-based UUID (RFC 9562 version 5): the same every time for what stands on something that has a UUID. */
export function uuidUnder(baseUuid: string, name: string): string {
  const hash = createHash("sha1")
    .update(Buffer.from(baseUuid.replaceAll("-", ""), "hex"))
    .update(name)
    .digest();
  hash[6] = (hash[6] & 0x0f) | 0x50;
  hash[8] = (hash[8] & 0x3f) | 0x80;
  return dashed(hash.toString("hex", 0, 16));
}

function dashed(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
