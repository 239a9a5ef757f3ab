import { INVALID_PARAMS, PARSE_ERROR, RpcFault } from "../rpc/fault";
import { optional, string } from "../rpc/params";
import { verb } from "../rpc/verb";

/** Recorded: crypto/key_no_name. */
const UNDECODABLE = { code: PARSE_ERROR, message: "spdk_json_decode_object failed" };

/** Data encryption keys: accel_crypto_*. */
export const accelCryptoVerbs = [
  verb("accel_crypto_key_create", {
    params: {
      name: string,
      cipher: string,
      key: string,
      key2: optional(string),
      tweak_mode: optional(string),
    },
    undecodable: UNDECODABLE,
    run(spdk, params) {
      spdk.accelKeys.create(params);
      return true;
    },
  }),

  verb("accel_crypto_key_destroy", {
    params: { key_name: string },
    undecodable: UNDECODABLE,
    run(spdk, { key_name }) {
      spdk.accelKeys.destroy(key_name);
      return true;
    },
  }),

  verb("accel_crypto_keys_get", {
    params: { key_name: optional(string) },
    undecodable: UNDECODABLE,
    run(spdk, { key_name }) {
      if (key_name === undefined) return spdk.accelKeys.all().map((key) => key.spec);
      const key = spdk.accelKeys.find(key_name);
      if (key === undefined) throw new RpcFault(INVALID_PARAMS, "key was not found\n");
      return [key.spec];
    },
  }),
];
