import { unknown } from "../status";

/**
 * Resource names as the bridge's AIP library judges them (recorded: NullVolume/get_name:…): segments are DNS names, the
 * wildcard passes, one leading slash or `//service` does no harm.
 *
 * @throws BridgeStatus
 */
export function checkName(name: string): void {
  if (name === "") throw unknown("empty");
  const relative = name.startsWith("//") ? name.slice(name.indexOf("/", 2) + 1) : name.replace(/^\//, "");
  relative.split("/").forEach((segment, at) => {
    if (segment === "") throw unknown(`segment ${at + 1} is empty`);
    if (segment === "-") return;
    if (/^\{.*\}$/.test(segment))
      throw unknown(`segment '${segment}': valid resource names must not contain variables`);
    if (!isDnsName(segment)) throw unknown(`segment '${segment}': not a valid DNS name`);
  });
}

function isDnsName(text: string): boolean {
  if (text.length > 254 || !/[a-z_-]/i.test(text)) return false;
  return text.split(".").every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label));
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * User-settable ids (AIP-133), in the order of the recorded messages (recorded: NullVolume.bad/create_id:…).
 *
 * @throws BridgeStatus
 */
export function checkId(id: string): void {
  const refuse = (what: string): never => {
    throw unknown(`user-settable ID must ${what}`);
  };
  const bytes = Buffer.byteLength(id);
  if (bytes < 4 || bytes > 63) refuse("be between 4 and 63 characters");
  if (!/^\p{L}/u.test(id)) refuse("begin with a letter");
  if (id.endsWith("-")) refuse("end with a letter or number");
  if (UUID.test(id)) refuse("not be a valid UUIDv4");
  const odd = /[^a-z0-9-]/u.exec(id);
  if (odd) refuse(`only contain lowercase, numbers and hyphens (got: '${odd[0]}' in position ${odd.index})`);
}
