const INTERCHANGE = /^NVMeTLSkey-1:0[012]:([A-Za-z0-9+/]+={0,2}):$/;

/** NVMe/TCP transport specification, PSK interchange format: base64 of 32 or 48 bytes and their CRC-32, low byte first. Hash 00 means the key as it is, which SPDK takes too. */
export function isInterchangePsk(text: string): boolean {
  const encoded = INTERCHANGE.exec(text)?.[1];
  if (encoded === undefined) return false;
  const bytes = Buffer.from(encoded, "base64");
  const key = bytes.subarray(0, -4);
  return [32, 48].includes(key.length) && crc32(key) === bytes.readUInt32LE(key.length);
}

/** CRC-32 of IEEE 802.3; Node has one only from 20.15 on. */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
