import { invalidArgument } from "../aip/status";

const UUID_NQN = /^nqn\.2014-08\.org\.nvmexpress:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const DOMAIN_NQN =
  /^nqn\.\d{4}-(0[1-9]|1[0-2])\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*:.+$/i;
const DISCOVERY = "nqn.2014-08.org.nvmexpress.discovery";

/** NVMe Base Specification, NVMe Qualified Names: at most 223 bytes, a date and a reversed domain, or a UUID. */
export function checkNqn(nqn: string, field: string): void {
  const bytes = Buffer.byteLength(nqn);
  if (bytes > 223) throw invalidArgument(`${field}: ${bytes} bytes are more than the 223 of an NQN`);
  const uuidForm = nqn.toLowerCase().startsWith("nqn.2014-08.org.nvmexpress:uuid:");
  if (nqn === DISCOVERY || !(uuidForm ? UUID_NQN : DOMAIN_NQN).test(nqn))
    throw invalidArgument(
      `${field}: ${JSON.stringify(nqn)} is no NQN such as nqn.2024-01.com.example:name or nqn.2014-08.org.nvmexpress:uuid:<uuid>`,
    );
}
