import { crc32 } from "node:zlib";

import { invalidArgument } from "../aip/status";

/** PSK bytes for each hash of the interchange format: none chosen, SHA-256, SHA-384. */
const LENGTHS: Readonly<Record<string, readonly number[]>> = { "00": [32, 48], "01": [32], "02": [48] };

/**
 * NVMe TCP Transport Specification, section 3.6.1.5: `NVMeTLSkey-1:<hash>:<base64 of PSK and CRC-32>:`. Checked here
 * because SPDK's keyring accepts anything (new.keyring/add_garbage). Errors never repeat any of it.
 */
export function checkPsk(psk: Uint8Array, field: string): void {
  const refuse = (why: string): never => {
    throw invalidArgument(`${field}: not in the PSK interchange format NVMeTLSkey-1:<hash>:<base64>: (${why})`);
  };
  const match = /^NVMeTLSkey-1:(\d\d):([A-Za-z0-9+/]+={0,2}):$/.exec(Buffer.from(psk).toString("latin1"));
  if (match === null) return refuse("the form is wrong");
  const [, hash = "", base64 = ""] = match;
  const lengths = LENGTHS[hash];
  if (lengths === undefined) return refuse("the hash is none of 00, 01, 02");
  const content = Buffer.from(base64, "base64");
  const key = content.subarray(0, -4);
  if (!lengths.includes(key.length)) return refuse(`the key has ${key.length} bytes, not ${lengths.join(" or ")}`);
  if (crc32(key) !== content.readUInt32LE(key.length)) return refuse("its CRC-32 is wrong");
}
