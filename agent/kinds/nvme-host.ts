import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";

import type { Step } from "../saga/steps";
import type { SpdkKeyringKey } from "../spdk";
import type { Environment } from "./kind";
import { PskKey } from "./psk-key";

/** The one host that may connect to a subsystem, and the key it must use. */
export interface AllowedHost {
  readonly nqn: string;
  readonly psk: Uint8Array;
}

/**
 * Lets a host connect. SPDK reads the key while it adds the host, so key and file are gone again afterwards. Key names
 * are taken from all versions' keyring; only 24.05 would take a path (new.nvmf_auth/host_psk_path).
 */
export function allowHost(environment: Environment, nqn: string, host: AllowedHost, keyName: string): readonly Step[] {
  const { spdk } = environment;
  const add = (psk: object): Step => ({
    label: "nvmf_subsystem_add_host",
    apply: () => spdk.call("nvmf_subsystem_add_host", { nqn, host: host.nqn, ...psk }),
    undo: () => removeHost(environment, nqn, host.nqn),
  });
  if (host.psk.length === 0) return [add({})];
  const key = new PskKey(keyName, host.psk, environment);
  return [...key.install(), add({ psk: key.name }), ...key.withdraw()];
}

export const HOST_KEY_PREFIX = "opi-host-";
export const hostKeyName = (id: string): string => `${HOST_KEY_PREFIX}${id}`;

/** Removes the key and the file that were left when allowing a host was cut off. */
export function withdrawHostKey(environment: Environment, id: string): readonly Step[] {
  return new PskKey(hostKeyName(id), Buffer.alloc(0), environment).withdraw();
}

/**
 * Removes all such keys that a cut off call left, in SPDK and as files. Each is only needed while a host is allowed, so
 * outside of that none is.
 */
export async function sweepHostKeys({ spdk, folders }: Environment): Promise<void> {
  const keys = await spdk.call<readonly SpdkKeyringKey[]>("keyring_get_keys");
  for (const { name, path } of keys)
    // Another agent at the same SPDK keeps its files elsewhere.
    if (name.startsWith(HOST_KEY_PREFIX) && path?.startsWith(folders.keys) === true)
      await spdk.discard("keyring_file_remove_key", { name });
  for (const file of await readdir(folders.keys))
    if (file.startsWith(HOST_KEY_PREFIX)) await rm(join(folders.keys, file), { force: true });
}

/** Takes the permission back; undoing that gives it again, key included. */
export function forbidHost(environment: Environment, nqn: string, host: AllowedHost, keyName: string): Step {
  return {
    label: "nvmf_subsystem_remove_host",
    apply: () => removeHost(environment, nqn, host.nqn),
    undo: async () => {
      for (const step of allowHost(environment, nqn, host, keyName)) await step.apply();
    },
  };
}

export function allowAnyHost({ spdk }: Environment, nqn: string, allow: boolean): Step {
  const set = (allowed: boolean): Promise<unknown> =>
    spdk.call("nvmf_subsystem_allow_any_host", { nqn, allow_any_host: allowed });
  return { label: "nvmf_subsystem_allow_any_host", apply: () => set(allow), undo: () => set(!allow) };
}

/** Removing a host that is not there is an "Internal error" (nvmf/host_rm_missing), so it is looked for first. */
async function removeHost({ spdk }: Environment, nqn: string, host: string): Promise<void> {
  const subsystem = await spdk.subsystem(nqn);
  if (subsystem?.hosts.some((each) => each.nqn === host) === true)
    await spdk.call("nvmf_subsystem_remove_host", { nqn, host });
}
