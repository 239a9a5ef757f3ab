import type { Field, ResourceType } from "../catalogue";
import type { WireMessage } from "../catalogue/values/wire";

/**
 * Every spelling in which a secret of a request could turn up in an error text: bytes as text, hexadecimal, base64,
 * and as the byte lists that some languages print.
 */
export function secretsIn(type: ResourceType, body: WireMessage | undefined): readonly string[] {
  return type.fields.flatMap((field) => {
    const holder = field.path.split(".").length > 1 ? (body?.[field.path.split(".")[0] ?? ""] as WireMessage) : body;
    return secretsOf(field, holder?.[field.name]);
  });
}

/** `NVMeTLSkey-1`, the first part of every PSK, is none of its secret. */
const SHORTEST_PART = 16;

function secretsOf(field: Field, value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  if (field.fields) return field.fields.flatMap((inner) => secretsOf(inner, (value as WireMessage)[inner.name]));
  if (!field.secret) return [];
  if (typeof value === "string") return [value];
  if (!ArrayBuffer.isView(value)) return [];
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const half = bytes.length / 2;
  const hex = bytes.toString("hex");
  return [
    bytes.toString("utf8"),
    bytes.toString("latin1"),
    hex,
    hex.toUpperCase(),
    // SPDK takes the halves of an AES-XTS key one by one, and the key in a PSK stands between colons.
    ...[hex.slice(0, half * 2), hex.slice(half * 2)].flatMap((each) => [each, each.toUpperCase()]),
    ...bytes
      .toString("latin1")
      .split(":")
      .filter((part) => part.length >= SHORTEST_PART),
    bytes.toString("base64"),
    bytes.toString("base64url"),
    [...bytes].join(" "),
    [...bytes].join(","),
    [...bytes].join(", "),
  ];
}
