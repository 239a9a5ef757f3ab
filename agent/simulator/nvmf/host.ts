import type { KeyringKey } from "../keyring/keyring";

/** A host that may connect, and what it must know. */
export interface NvmfHost {
  readonly nqn: string;
  /** A key of the keyring, or (in 24.05) the PSK read from a file. */
  readonly psk?: { readonly text: string; readonly key?: KeyringKey; readonly path?: string };
  readonly dhchapKey?: KeyringKey;
  readonly dhchapControllerKey?: KeyringKey;
}

export function releaseKeys(host: NvmfHost): void {
  host.psk?.key?.release();
  host.dhchapKey?.release();
  host.dhchapControllerKey?.release();
}

/** The PSK is never shown (recorded: new.nvmf_auth/subs). */
export function describeHost(host: NvmfHost): Record<string, string> {
  return {
    nqn: host.nqn,
    ...(host.dhchapKey === undefined ? {} : { dhchap_key: host.dhchapKey.name }),
    ...(host.dhchapControllerKey === undefined ? {} : { dhchap_ctrlr_key: host.dhchapControllerKey.name }),
  };
}
