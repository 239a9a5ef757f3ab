import { readdirSync } from "node:fs";
import { join } from "node:path";

import type {
  SpdkBdev,
  SpdkClient,
  SpdkCryptoKey,
  SpdkKeyringKey,
  SpdkNvmfSubsystem,
  SpdkVhostController,
} from "../../agent/spdk";

/** Everything that SPDK holds for somebody, by its own lists, and the key files that lie about. Sorted. */
export async function heldBySpdk(spdk: SpdkClient, runFolder: string): Promise<readonly string[]> {
  const bdevs = await spdk.call<readonly SpdkBdev[]>("bdev_get_bdevs");
  const keys = await spdk.call<readonly SpdkCryptoKey[]>("accel_crypto_keys_get");
  const keyring = await spdk.call<readonly SpdkKeyringKey[]>("keyring_get_keys");
  const subsystems = await spdk.call<readonly SpdkNvmfSubsystem[]>("nvmf_get_subsystems");
  const vhosts = await spdk.call<readonly SpdkVhostController[]>("vhost_get_controllers");
  return [
    ...bdevs.map(({ name }) => `bdev ${name}`),
    ...bdevs.filter(({ assigned_rate_limits: limits }) => limits?.rw_ios_per_sec).map(({ name }) => `limit ${name}`),
    ...keys.map(({ name }) => `key ${name}`),
    // One that was taken away stays in the list as long as a host uses it.
    ...keyring.filter(({ removed }) => !removed).map(({ name }) => `keyring ${name}`),
    ...readdirSync(join(runFolder, "keys")).map((name) => `file ${name}`),
    ...subsystems
      .filter(({ subtype }) => subtype === "NVMe")
      .flatMap(({ nqn, namespaces = [], listen_addresses: listeners, hosts }) => [
        `subsystem ${nqn}`,
        ...hosts.map((host) => `host ${host.nqn} of ${nqn}`),
        ...namespaces.map(({ bdev_name }) => `namespace ${bdev_name} of ${nqn}`),
        ...listeners.map(({ trtype }) => `listener ${trtype} of ${nqn}`),
      ]),
    ...vhosts.flatMap(({ ctrlr, backend_specific: { scsi = [] } }) => [
      `vhost ${ctrlr}`,
      ...scsi.map(({ luns }) => `unit ${luns[0]?.bdev_name ?? ""} of ${ctrlr}`),
    ]),
  ].sort();
}
