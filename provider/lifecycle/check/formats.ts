import { isIP } from "node:net";
import { crc32 } from "node:zlib";
import type { Format } from "../../catalogue";

/** A validator gives the normal form, or says what would be right. It never quotes the value: it may be a secret. */
export type Verdict = { readonly ok: string } | { readonly wrong: string };

const right = (ok: string): Verdict => ({ ok });
const wrong = (reason: string): Verdict => ({ wrong: reason });
const fits = (pattern: RegExp, value: string, expected: string): Verdict =>
  pattern.test(value) ? right(value.toLowerCase()) : wrong(expected);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const LABEL = "[a-z0-9]([a-z0-9-]*[a-z0-9])?";
const NQN = new RegExp(`^nqn\\.\\d{4}-(0[1-9]|1[0-2])\\.${LABEL}(\\.${LABEL})*:[\\x21-\\x7e]+$`, "i");

/** NVMe Base Specification, "NVMe Qualified Names": by date and domain, or by UUID; at most 223 bytes. */
function nqn(value: string): Verdict {
  const bytes = Buffer.byteLength(value);
  if (bytes > 223) return wrong(`an NQN has at most 223 bytes, this one has ${bytes}`);
  const uuid = /^nqn\.2014-08\.org\.nvmexpress:uuid:(.*)$/.exec(value)?.[1];
  if (uuid !== undefined) {
    return UUID.test(uuid) ? right(value) : wrong("after nqn.2014-08.org.nvmexpress:uuid: comes a UUID (RFC 9562)");
  }
  return NQN.test(value)
    ? right(value)
    : wrong("expected an NVMe Qualified Name, nqn.yyyy-mm.reverse-domain:name, such as nqn.2014-08.org.example:disk-1");
}

/** Bytes of key and CRC by hash: 01 is SHA-256, 02 SHA-384, and 00, no hash, goes with either length. */
const PSK_BYTES: Readonly<Record<string, readonly number[]>> = { "00": [36, 52], "01": [36], "02": [52] };

/**
 * PSK interchange format `NVMeTLSkey-1:<hash>:<base64 of key and CRC-32>:` (NVMe TCP Transport Specification,
 * 3.6.1.5). Agents accept garbage and fail at connect time (AGENTS.md, "Worth knowing"), so the CRC is checked here.
 */
function psk(value: string): Verdict {
  const [, hash = "", encoded = ""] = /^NVMeTLSkey-1:(00|01|02):([A-Za-z0-9+/]+={0,2}):$/.exec(value) ?? [];
  const bytes = Buffer.from(encoded, "base64");
  if (encoded === "" || bytes.toString("base64") !== encoded) {
    return wrong("expected the PSK interchange format NVMeTLSkey-1:<00, 01 or 02>:<base64>:");
  }
  if (!PSK_BYTES[hash]?.includes(bytes.length)) {
    return wrong("a PSK holds 32 bytes (hash 01) or 48 bytes (hash 02) and a CRC of 4 bytes");
  }
  return crc32(bytes.subarray(0, -4)) === bytes.readUInt32LE(bytes.length - 4)
    ? right(value)
    : wrong("the CRC-32 at the end of the PSK does not fit its key: a character was lost or changed");
}

const PCIE_ADDRESS = /^([0-9a-f]{4}:)?[0-9a-f]{2}:[0-1][0-9a-f]\.[0-7]$/i;
/** World wide names of node and port (NVMe over Fabrics on Fibre Channel, FC-NVMe). */
const FC_ADDRESS = /^nn-0x[0-9a-f]{16}:pn-0x[0-9a-f]{16}$/i;

function transportAddress(value: string): Verdict {
  if (PCIE_ADDRESS.test(value)) return right(value.toLowerCase().replace(/^(..:..\..)$/, "0000:$1"));
  if (FC_ADDRESS.test(value)) return right(value.toLowerCase());
  if (isIP(value) === 6 && URL.canParse(`http://[${value}]`)) {
    // One IPv6 address has many spellings (RFC 5952); the URL parser knows the canonical one.
    return right(new URL(`http://[${value}]`).hostname.slice(1, -1));
  }
  // Custom transports, such as vfio-user, have sockets for addresses.
  return isIP(value) > 0 || isPath(value)
    ? right(value)
    : wrong("expected an IPv4 or IPv6 address, or a PCIe address such as 0000:03:00.0");
}

function port(value: string): Verdict {
  const number = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  return number >= 1 && number <= 65535 ? right(String(number)) : wrong("expected a port, 1 to 65535");
}

function blockSize(value: string): Verdict {
  const size = BigInt(value);
  return size >= 512n && (size & (size - 1n)) === 0n ? right(value) : wrong("expected 512 or a larger power of two");
}

const isPath = (value: string): boolean => /^\/[^\p{Cc}]*$/u.test(value);

const validators: Readonly<Record<Format, (value: string) => Verdict>> = {
  nqn,
  psk,
  port,
  transportAddress,
  blockSize,
  uuid: (value) => fits(UUID, value, "expected a UUID such as 1b4e28ba-2fa1-41d2-883f-0016d3cca427"),
  nguid: (value) => fits(/^[0-9a-f]{32}$/i, value.replace(/-/g, ""), "expected 32 hexadecimal digits"),
  eui64: (value) => fits(/^(?!0{16}$)[0-9a-f]{16}$/i, value, "expected 16 hexadecimal digits, not all zero"),
  hex: (value) =>
    value.length % 2 === 0
      ? fits(/^[0-9a-f]+$/i, value, "expected hexadecimal digits, two for each byte")
      : wrong("expected hexadecimal digits, two for each byte: their number is odd"),
  path: (value) => (isPath(value) ? right(value) : wrong("expected an absolute path on the DPU")),
  printable: (value) => (/^[\x20-\x7e]+$/.test(value) ? right(value) : wrong("expected printable ASCII characters")),
  sectorMultiple: (value) => {
    const size = Number(value);
    return size >= 512 && size % 512 === 0 ? right(value) : wrong("expected 512 or a multiple of it");
  },
};

/** @returns the value's normal form, or what would be right. Numbers come as decimal text. */
export function validate(format: Format, value: string): Verdict {
  return validators[format](value);
}

export function isPcieAddress(address: string): boolean {
  return PCIE_ADDRESS.test(address);
}
