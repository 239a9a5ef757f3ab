import { invalidArgument } from "../aip/status";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** RFC 9562; empty means that SPDK assigns one. */
export function checkUuid(uuid: string, field: string): void {
  if (uuid === "") return;
  if (!UUID.test(uuid)) throw invalidArgument(`${field}: ${JSON.stringify(uuid)} is no UUID`);
  if (/^[0-]+$/.test(uuid)) throw invalidArgument(`${field}: the nil UUID stands for none`);
}

/** What SPDK shows, in the spelling of the request where only the case of letters differs. */
export function sameSpelling(declared: string, shown: string | undefined): string {
  if (shown === undefined || shown === "") return declared;
  return declared.toLowerCase() === shown.toLowerCase() ? declared : shown;
}
