import type { Bridge } from "../kind";

/** A vhost controller as SPDK tells it. */
export interface VhostController {
  readonly ctrlr: string;
}

export async function vhostNamed(bridge: Bridge, name: string): Promise<VhostController> {
  const [found] = await bridge.spdk.call<readonly VhostController[]>("vhost_get_controllers", { name });
  return found;
}

/** Block and SCSI controllers alike: every list of the three virtio types gives all of them (recorded: special.names). */
export const allVhosts = (bridge: Bridge): Promise<readonly VhostController[]> =>
  bridge.spdk.call("vhost_get_controllers");
