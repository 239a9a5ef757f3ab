import { randomBytes } from "node:crypto";

import { invalidArgument } from "./status";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** User-specified ids (AIP-133): lower-case letters, digits and hyphens, a letter first, 4 to 63 characters, no UUID. */
export function checkId(id: string, field: string): void {
  if (id.length < 4 || id.length > 63)
    throw invalidArgument(`${field}: ${JSON.stringify(id)} has ${id.length} characters, 4 to 63 are allowed`);
  if (!/^[a-z][a-z0-9-]*$/.test(id))
    throw invalidArgument(
      `${field}: ${JSON.stringify(id)} may only hold lower-case letters, digits and hyphens, and starts with a letter`,
    );
  if (UUID.test(id)) throw invalidArgument(`${field}: ${JSON.stringify(id)} is a UUID, which ids may not be`);
}

/** An id for an object whose creator named none. 80 random bits make a clash all but impossible. */
export function generateId(): string {
  return `x${randomBytes(10).toString("hex")}`;
}
