import { isIP } from "node:net";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { enumByName } from "../../provider/catalogue";
import type { Field, Format } from "../../provider/catalogue";
import type { PropertyValue } from "../../provider/catalogue/values/property";

const hexDigits = (least: number, most = least): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...Array.from("0123456789abcdef")), minLength: least, maxLength: most });
const word = fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/);
const ipv4 = fc.ipV4();
const ipv6 = fc.ipV6().filter((address) => isIP(address) === 6);
const pcie = fc
  .tuple(hexDigits(2), fc.integer({ min: 0, max: 31 }), fc.integer({ min: 0, max: 7 }))
  .map(([bus, device, number]) => `0000:${bus}:${device.toString(16).padStart(2, "0")}.${number}`);

/** A PSK in the interchange format of the NVMe TCP Transport Specification, with the CRC of its key. */
export const psk: fc.Arbitrary<string> = fc
  .constantFrom(32, 48)
  .chain((length) => fc.uint8Array({ minLength: length, maxLength: length }))
  .map(interchangeFormat);

export function interchangeFormat(key: Uint8Array): string {
  const bytes = Buffer.alloc(key.length + 4);
  bytes.set(key);
  bytes.writeUInt32LE(crc32(key), key.length);
  return `NVMeTLSkey-1:${key.length === 32 ? "01" : "02"}:${bytes.toString("base64")}:`;
}

const byFormat: Readonly<Record<Format, fc.Arbitrary<string | number>>> = {
  nqn: fc.oneof(
    fc.tuple(word, word, word).map(([top, domain, name]) => `nqn.2014-08.${top}.${domain}:${name}`),
    fc.uuid().map((uuid) => `nqn.2014-08.org.nvmexpress:uuid:${uuid}`),
  ),
  uuid: fc.uuid(),
  nguid: hexDigits(32),
  eui64: hexDigits(16).filter((digits) => /[^0]/.test(digits)),
  psk,
  hex: hexDigits(128),
  port: fc.integer({ min: 1, max: 65535 }),
  transportAddress: fc.oneof(ipv4, ipv6, pcie),
  path: word.map((name) => `/var/lib/${name}.img`),
  printable: fc.stringMatching(/^[!-~]([ -~]{0,10}[!-~])?$/),
  blockSize: fc.constantFrom(512, 1024, 2048, 4096, 8192),
  sectorMultiple: fc.constantFrom(512, 1536, 4096, 512 * 1000),
};

/** A valid value of one field, in any spelling that check takes for it. */
export function valueOf(field: Field): fc.Arbitrary<PropertyValue> {
  if (field.references) return reference(field.references[0] ?? "");
  switch (field.kind) {
    case "message":
      throw new Error(`${field.property}: messages are made of their fields`);
    case "bool":
      return fc.boolean();
    case "enum": {
      const names = enumByName(field.type ?? "").values.filter(({ number }) => number !== 0);
      return fc.constantFrom(...names.map(({ name }) => name));
    }
    case "string":
    case "bytes":
      return field.format ? byFormat[field.format].map((value) => String(value)) : word;
    default:
      if (field.format) return byFormat[field.format];
      if (field.values) return fc.constantFrom(...field.values);
      return fc.integer({ min: field.minimum ?? 0, max: Math.min(field.maximum ?? 100_000, 100_000) });
  }
}

/** The same value as somebody else might write it; check makes one of both. */
export function respelt(field: Field, value: PropertyValue): PropertyValue {
  if (typeof value === "boolean" || (typeof value === "number" && field.kind !== "string")) return String(value);
  if (typeof value !== "string") return value;
  if (field.kind === "enum") {
    return value
      .slice(enumByName(field.type ?? "").prefix.length)
      .toLowerCase()
      .replace(/_/g, "-");
  }
  switch (field.format) {
    case "uuid":
    case "hex":
    case "eui64":
    case "transportAddress":
      return value.toUpperCase();
    case "nguid":
      return value.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    case "port":
      return value.padStart(5, "0");
    default:
      return value;
  }
}

export const resourceId: fc.Arbitrary<string> = fc.stringMatching(/^[a-z][a-z0-9-]{2,20}[a-z0-9]$/);

/** A reference: a full name, or a bare id. */
export function reference(noun: string): fc.Arbitrary<string> {
  const collection = `${noun.charAt(0).toLowerCase()}${noun.slice(1)}s`;
  return fc.oneof(
    resourceId,
    resourceId.map((id) => `${collection}/${id}`),
  );
}
