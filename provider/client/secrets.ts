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

function secretsOf(field: Field, value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  if (field.fields) return field.fields.flatMap((inner) => secretsOf(inner, (value as WireMessage)[inner.name]));
  if (!field.secret) return [];
  if (typeof value === "string") return [value];
  if (!ArrayBuffer.isView(value)) return [];
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return [
    bytes.toString("utf8"),
    bytes.toString("latin1"),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    bytes.toString("base64"),
    bytes.toString("base64url"),
    [...bytes].join(" "),
    [...bytes].join(","),
    [...bytes].join(", "),
  ];
}
