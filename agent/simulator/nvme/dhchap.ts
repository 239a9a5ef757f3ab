/** NVMe base specification, DH-HMAC-CHAP secret representation; its checksum is not looked at until it is used. */
export function isDhchapSecret(text: string): boolean {
  return /^DHHC-1:0[0-3]:[^:]+:$/.test(text);
}
