/** NVMe base specification, NVMe Qualified Names, in SPDK's reading. */
const LONGEST = 223;
const DATED = /^nqn\.\d{4}-\d{2}\./;
const UUID_PREFIX = "nqn.2014-08.org.nvmexpress:uuid:";
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const DOMAIN_LABEL = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/i;

export const DISCOVERY_NQN = "nqn.2014-08.org.nvmexpress.discovery";

/** A reversed domain and, after a colon, at least one character of the owner's choice (recorded: nvmf/sub_no_colon). */
export function isValidNqn(nqn: string): boolean {
  if (Buffer.byteLength(nqn) > LONGEST) return false;
  if (nqn === DISCOVERY_NQN) return true;
  if (nqn.startsWith(UUID_PREFIX)) return UUID.test(nqn.slice(UUID_PREFIX.length));
  if (!DATED.test(nqn)) return false;
  const colon = nqn.indexOf(":");
  if (colon < 0 || colon === nqn.length - 1) return false;
  return nqn
    .slice("nqn.yyyy-mm.".length, colon)
    .split(".")
    .every((label) => DOMAIN_LABEL.test(label));
}
