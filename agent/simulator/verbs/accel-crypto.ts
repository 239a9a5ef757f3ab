import { INVALID_PARAMS, PARSE_ERROR, RpcFault } from "../rpc/fault";
import { optional, string } from "../rpc/params";
import { verb } from "../rpc/verb";

/** Recorded: crypto/key_no_name. */
const UNDECODABLE = { code: PARSE_ERROR, message: "spdk_json_decode_object failed" };

const CIPHERS: readonly string[] = ["AES_CBC", "AES_XTS"];
const TWEAK_MODES: readonly string[] = [
  "SIMPLE_LBA",
  "JOIN_NEG_LBA_WITH_LBA",
  "INCR_512_FULL_LBA",
  "INCR_512_UPPER_LBA",
];

function isTweakMode(name: string | undefined): boolean {
  return name === undefined || TWEAK_MODES.includes(name);
}

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
      const { cipher, tweak_mode } = params;
      if (spdk.traits.decodesCiphers && !(CIPHERS.includes(cipher) && isTweakMode(tweak_mode)))
        throw new RpcFault(UNDECODABLE.code, UNDECODABLE.message);
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
      if (key === undefined) throw new RpcFault(INVALID_PARAMS, `key was not found${spdk.traits.messageEnd}`);
      return [key.spec];
    },
  }),
];
