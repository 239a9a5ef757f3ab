import { isIP } from "node:net";
import { crc32 } from "node:zlib";
import type { Format } from "../../catalogue";

/** A validator gives the normal form, or says what would be right. It never quotes the value: it may be a secret. */
export type Verdict = { readonly ok: string | number } | { readonly wrong: string };

const right = (ok: string | number): Verdict => ({ ok });
const wrong = (reason: string): Verdict => ({ wrong: reason });
const fits = (pattern: RegExp, value: string, expected: string): Verdict =>
  pattern.test(value) ? right(value.toLowerCase()) : wrong(expected);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** NVMe Base Specification, "NVMe Qualified Names": by date and domain, or by UUID; at most 223 bytes. */
function nqn(value: string): Verdict {
  if (Buffer.byteLength(value) > 223) return wrong("an NQN has at most 223 bytes");
  const uuid = /^nqn\.2014-08\.org\.nvmexpress:uuid:(.*)$/.exec(value)?.[1];
  if (uuid !== undefined) {
    return UUID.test(uuid) ? right(value) : wrong("after nqn.2014-08.org.nvmexpress:uuid: comes a UUID (RFC 9562)");
  }
  return /^nqn\.\d{4}-(0[1-9]|1[0-2])\.[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*:[\x21-\x7e]+$/i.test(
    value,
  )
    ? right(value)
    : wrong(
        "expected an NVMe Qualified Name such as nqn.2014-08.org.example:storage-1 (nqn.yyyy-mm.reverse-domain:name)",
      );
}

/**
 * PSK interchange format `NVMeTLSkey-1:<hash>:<base64 of key and CRC-32>:` (NVMe TCP Transport Specification,
 * 3.6.1.5). Agents accept garbage and fail at connect time (AGENTS.md, "Worth knowing"), so the CRC is checked here.
 */
function psk(value: string): Verdict {
  const parts = /^NVMeTLSkey-1:(00|01|02):([A-Za-z0-9+/]+={0,2}):$/.exec(value);
  if (!parts) return wrong("expected the PSK interchange format NVMeTLSkey-1:<00, 01 or 02>:<base64>:");
  const bytes = Buffer.from(parts[2] ?? "", "base64");
  const sizes = { "00": [36, 52], "01": [36], "02": [52] }[parts[1] ?? "00"] ?? [];
  if (!sizes.includes(bytes.length)) {
    return wrong("a PSK holds 32 bytes (hash 01) or 48 bytes (hash 02) and a CRC of 4 bytes");
  }
  const key = bytes.subarray(0, -4);
  return crc32(key) === bytes.readUInt32LE(bytes.length - 4)
    ? right(value)
    : wrong("the CRC-32 at the end of the PSK does not fit its key: a character was lost or changed");
}

const PCIE_ADDRESS = /^([0-9a-f]{4}:)?[0-9a-f]{2}:[0-1][0-9a-f]\.[0-7]$/i;

function port(value: string): Verdict {
  const number = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  return number >= 1 && number <= 65535 ? right(number) : wrong("expected a port, 1 to 65535");
}

const validators: Readonly<Record<Format, (value: string) => Verdict>> = {
  nqn,
  psk,
  port,
  uuid: (value) => fits(UUID, value, "expected a UUID such as 1b4e28ba-2fa1-41d2-883f-0016d3cca427"),
  nguid: (value) => fits(/^[0-9a-f]{32}$/, value.replace(/-/g, "").toLowerCase(), "expected 32 hexadecimal digits"),
  eui64: (value) =>
    /^(?!0{16}$)[0-9a-f]{16}$/i.test(value)
      ? right(value.toLowerCase())
      : wrong("expected 16 hexadecimal digits, not all zero"),
  hex: (value) =>
    value.length % 2 === 0
      ? fits(/^[0-9a-f]+$/i, value, "expected hexadecimal digits, two for each byte")
      : wrong("expected hexadecimal digits, two for each byte: their number is odd"),
  transportAddress: (value) =>
    isIP(value) > 0 || PCIE_ADDRESS.test(value)
      ? right(value)
      : wrong("expected an IPv4 or IPv6 address, or a PCIe address such as 0000:03:00.0"),
  path: (value) => (value.startsWith("/") ? right(value) : wrong("expected an absolute path on the DPU")),
  printable: (value) => (/^[\x20-\x7e]+$/.test(value) ? right(value) : wrong("expected printable ASCII characters")),
  blockSize: (value) => {
    const size = Number(value);
    return size >= 512 && Number.isInteger(Math.log2(size))
      ? right(size)
      : wrong("expected 512 or a larger power of two");
  },
  sectorMultiple: (value) => {
    const size = Number(value);
    return size >= 512 && size % 512 === 0 ? right(size) : wrong("expected 512 or a multiple of it");
  },
};

/** @returns the value's normal form, or what would be right */
export function validate(format: Format, value: string): Verdict {
  return validators[format](value);
}

export function isPcieAddress(address: string): boolean {
  return PCIE_ADDRESS.test(address);
}
