import { errnoFault, INVALID_PARAMS } from "../rpc/fault";
import { optional, string } from "../rpc/params";
import { INVALID_ARGUMENT, verb, type Verb } from "../rpc/verb";
import type { SpdkState } from "../state";

/** Keys in files: keyring_*. */
export const keyringVerbs = [
  verb("keyring_file_add_key", {
    params: { name: optional(string), path: optional(string) },
    undecodable: INVALID_ARGUMENT,
    run(spdk, { name, path }) {
      if (name === undefined || path === undefined) throw errnoFault("EINVAL", INVALID_PARAMS);
      spdk.keyring.add(name, path);
      return true;
    },
  }),

  verb("keyring_file_remove_key", {
    params: { name: optional(string) },
    undecodable: INVALID_ARGUMENT,
    run(spdk, { name }) {
      if (name === undefined) throw errnoFault("EINVAL", INVALID_PARAMS);
      spdk.keyring.remove(name);
      return true;
    },
  }),

  // It looks at no parameters at all (recorded: new.keyring/get_param).
  {
    method: "keyring_get_keys",
    phase: "any",
    run: (spdk: SpdkState) => spdk.keyring.all().map((key) => key.describe()),
  } satisfies Verb,
];
