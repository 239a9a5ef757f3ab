import { createHash, randomBytes } from "node:crypto";
import type { PropertyValue } from "../../catalogue/values/property";
import type { Verdict } from "./formats";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const SUFFIX_DIGITS = 7;
const LONGEST = 63;

/**
 * User-settable ids (AIP-133, AIP-122): lower-case letters, digits and hyphens, a letter first, 4 to 63 characters,
 * no UUID. The reference bridge enforces all of it (recordings/bridge-grpc.jsonl: NullVolume/create_id_*), ours too.
 */
export function validateId(id: PropertyValue): Verdict {
  const expected =
    "expected lower-case letters, digits and hyphens, a letter first, no hyphen last, 4 to 63 characters";
  if (typeof id !== "string") return { wrong: `expected text: ${expected}` };
  if (UUID.test(id)) return { wrong: `${expected}, and no UUID` };
  return /^[a-z][a-z0-9-]{2,61}[a-z0-9]$/.test(id) ? { ok: id } : { wrong: expected };
}

/**
 * An id for a resource whose program gives none: its Pulumi name and a random suffix of 7 hexadecimal digits, as
 * Pulumi's autonaming does.
 *
 * @param seed from the engine, where it gives one: the same seed gives the same id
 */
export function autoname(pulumiName: string, seed?: Uint8Array): string {
  const random = seed && seed.length > 0 ? createHash("sha256").update(seed).digest() : randomBytes(SUFFIX_DIGITS);
  const suffix = random.toString("hex").slice(0, SUFFIX_DIGITS);
  const words = pulumiName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  const stem = /^[a-z]/.test(words) ? words : `r-${words}`.replace(/-$/, "");
  return `${stem.slice(0, LONGEST - SUFFIX_DIGITS - 1).replace(/-+$/, "")}-${suffix}`;
}
