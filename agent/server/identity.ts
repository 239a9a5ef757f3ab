import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/**
 * The device's identity: the machine's own id (machine-id(5), hashed with the application as its manual asks), or the
 * host name where there is none.
 */
export function deriveIdentity(): string {
  let machine: string;
  try {
    machine = readFileSync("/etc/machine-id", "utf8").trim() || hostname();
  } catch {
    machine = hostname();
  }
  return createHash("sha256").update(`pulumi-opi agent\n${machine}`).digest("hex").slice(0, 32);
}
