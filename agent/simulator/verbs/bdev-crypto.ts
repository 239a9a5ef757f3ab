import { INVALID_PARAMS, RpcFault } from "../rpc/fault";
import { string } from "../rpc/params";
import { verb } from "../rpc/verb";

/** Encrypted bdevs: bdev_crypto_*. Keys are given by name; SPDK's older form with the key in the call is not simulated. */
export const bdevCryptoVerbs = [
  verb("bdev_crypto_create", {
    params: { base_bdev_name: string, name: string, key_name: string },
    run(spdk, { base_bdev_name, name, key_name }) {
      const key = spdk.accelKeys.find(key_name);
      if (key === undefined) throw new RpcFault(INVALID_PARAMS, "Key was not found");
      spdk.crypto.create(name, base_bdev_name, key);
      return name;
    },
  }),

  verb("bdev_crypto_delete", {
    params: { name: string },
    run(spdk, { name }) {
      spdk.crypto.delete(name);
      return true;
    },
  }),
];
