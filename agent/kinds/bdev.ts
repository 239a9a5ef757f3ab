import { Code, StatusError } from "../aip/status";
import type { SpdkBdev } from "../spdk";
import type { Spdk } from "./spdk";

/**
 * The block device behind an object that the agent knows. SPDK forgets its block devices when it restarts; an answer
 * with the old values would hide that, and "not found" would be wrong too, because the agent still knows the object.
 */
export async function bdevBehind(spdk: Spdk, bdev: string, name: string): Promise<SpdkBdev> {
  const found = await spdk.bdev(bdev);
  if (found === undefined) throw lost(name, `block device ${bdev}`);
  return found;
}

export function lost(name: string, what: string): StatusError {
  return new StatusError(
    Code.DATA_LOSS,
    `${name}: SPDK no longer has its ${what}; it was restarted, or somebody removed it there. Delete the object and create it anew`,
  );
}
