import type { KeyringKey } from "../keyring/keyring";
import { readOwnersFile } from "../keyring/keyring";
import type { NvmfHost } from "../nvmf/host";
import { isValidNqn } from "../nvmf/nqn";
import { isInterchangePsk } from "../nvmf/psk";
import { errnoFault, INTERNAL_ERROR, RpcFault } from "../rpc/fault";
import { boolean, optional, string, uint64 } from "../rpc/params";
import { INVALID_PARAMETERS, verb } from "../rpc/verb";
import type { SpdkState } from "../state";
import { requireSubsystem } from "./nvmf-subsystem";
import { requireTarget } from "./nvmf-transport";

/** Which hosts may connect to a subsystem. */
export const nvmfHostVerbs = [
  verb("nvmf_subsystem_add_host", {
    params: {
      nqn: string,
      host: string,
      tgt_name: optional(string),
      psk: optional(string),
      dhchap_key: optional(string),
      dhchap_ctrlr_key: optional(string),
    },
    undecodable: INVALID_PARAMETERS,
    run(spdk, { nqn, host, tgt_name, psk, dhchap_key, dhchap_ctrlr_key }) {
      requireTarget(tgt_name);
      const subsystem = requireSubsystem(spdk, nqn);
      const dhchapKey = findKey(spdk, dhchap_key);
      const dhchapControllerKey = findKey(spdk, dhchap_ctrlr_key);
      if (!isValidNqn(host) || (dhchapControllerKey !== undefined && dhchapKey === undefined)) throw internalError();
      // In 24.05 a host that is there already keeps the keys it has (recorded: new.nvmf_auth/host_psk_dup_host, …/keys).
      if (subsystem.findHost(host) !== undefined) {
        if (spdk.traits.refusesKnownHosts) throw internalError();
        return true;
      }
      const pskSource = psk === undefined ? undefined : findPsk(spdk, psk);
      pskSource?.key?.hold();
      subsystem.addHost({
        nqn: host,
        psk: pskSource,
        dhchapKey: dhchapKey?.hold(),
        dhchapControllerKey: dhchapControllerKey?.hold(),
      });
      return true;
    },
  }),

  verb("nvmf_subsystem_remove_host", {
    params: { nqn: string, host: string, tgt_name: optional(string) },
    newer: { timeout_ms: optional(uint64) },
    undecodable: INVALID_PARAMETERS,
    run(spdk, { nqn, host, tgt_name }) {
      requireTarget(tgt_name);
      const subsystem = requireSubsystem(spdk, nqn);
      const found = subsystem.findHost(host);
      if (found === undefined) throw internalError();
      subsystem.removeHost(found);
      return true;
    },
  }),

  verb("nvmf_subsystem_set_keys", {
    params: {
      nqn: string,
      host: string,
      tgt_name: optional(string),
      dhchap_key: optional(string),
      dhchap_ctrlr_key: optional(string),
    },
    undecodable: INVALID_PARAMETERS,
    run(spdk, { nqn, host, tgt_name, dhchap_key, dhchap_ctrlr_key }) {
      requireTarget(tgt_name);
      const subsystem = requireSubsystem(spdk, nqn);
      const dhchapKey = findKey(spdk, dhchap_key);
      const dhchapControllerKey = findKey(spdk, dhchap_ctrlr_key);
      const known = subsystem.findHost(host);
      if (known === undefined || (dhchapControllerKey !== undefined && dhchapKey === undefined))
        throw errnoFault("EINVAL");
      subsystem.changeHost(known, {
        ...known,
        dhchapKey: dhchapKey?.hold(),
        dhchapControllerKey: dhchapControllerKey?.hold(),
      });
      return true;
    },
  }),

  verb("nvmf_subsystem_allow_any_host", {
    params: { nqn: string, allow_any_host: boolean, tgt_name: optional(string) },
    undecodable: INVALID_PARAMETERS,
    run(spdk, { nqn, allow_any_host, tgt_name }) {
      requireTarget(tgt_name);
      requireSubsystem(spdk, nqn).allowAnyHost = allow_any_host;
      return true;
    },
  }),
];

function internalError(): RpcFault {
  return new RpcFault(INTERNAL_ERROR, "Internal error");
}

function findKey(spdk: SpdkState, name: string | undefined): KeyringKey | undefined {
  if (name === undefined) return undefined;
  const key = spdk.keyring.find(name);
  if (key === undefined) throw new RpcFault(INVALID_PARAMETERS.code, INVALID_PARAMETERS.message);
  return key;
}

/** A key of the keyring, or in 24.05 also the path of a file with the PSK (recorded: new.nvmf_auth/host_psk_path). */
function findPsk(spdk: SpdkState, nameOrPath: string): NonNullable<NvmfHost["psk"]> {
  const key = spdk.keyring.find(nameOrPath);
  const text = key?.read() ?? (spdk.traits.takesPskPaths ? readOwnersFile(nameOrPath) : undefined);
  if (text === undefined || !isInterchangePsk(text)) throw internalError();
  return key === undefined ? { text, path: nameOrPath } : { text, key };
}
