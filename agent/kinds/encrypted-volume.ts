import { invalidArgument } from "../aip/status";
import { EncryptionType } from "../../provider/wire/opi_api/storage/v1/opicommon";
import type { EncryptedVolume } from "../../provider/wire/opi_api/storage/v1/middleend_encryption";
import type { Step } from "../saga/steps";
import type { SpdkCryptoKey } from "../spdk";
import { bdevBehind } from "./bdev";
import { KEY_BYTES, SUPPORTED_CIPHERS } from "./cipher";
import type { Environment, Kind } from "./kind";
import { WHOLE } from "./presence";

interface EncryptedState {
  readonly bdev: string;
  readonly key: string;
}

/** SPDK's crypto bdev with a key of its own in SPDK's accel framework. */
export const encryptedVolume: Kind<EncryptedVolume, EncryptedState> = {
  type: "opi_api.storage.v1.EncryptedVolume",
  service: "opi_api.storage.v1.MiddleendEncryptionService",
  updatable: [],
  secrets: ["key"],
  refusals: [],
  isVolume: true,

  check(volume, field) {
    const bytes = KEY_BYTES.get(volume.cipher);
    // crypto/key_cbc128, crypto/key_cbc256, crypto/key_xts192
    if (bytes === undefined)
      throw invalidArgument(
        `${field}.cipher: SPDK has no ${EncryptionType[volume.cipher]}; it has ${SUPPORTED_CIPHERS.join(" and ")}`,
      );
    if (volume.key.length !== bytes)
      throw invalidArgument(
        `${field}.key: ${EncryptionType[volume.cipher]} takes ${bytes} bytes (both halves), ${volume.key.length} were given`,
      );
    // IEEE 1619 forbids equal halves, and SPDK refuses them (crypto/key_same).
    if (volume.key.subarray(0, bytes / 2).equals(volume.key.subarray(bytes / 2)))
      throw invalidArgument(`${field}.key: both halves are the same; AES-XTS needs two different keys`);
  },

  async create({ id, object }, environment, field) {
    // Checked here because SPDK accepts a base that does not exist (crypto/bdev_base_missing).
    const base = await environment.volumes.resolveUnclaimed(
      object.volumeNameRef,
      `${field}.volume_name_ref`,
      environment,
    );
    const key = `opi-${id}`;
    const state = { bdev: id, key };
    return { uses: base.uses, steps: createSteps(state, base.bdev, object, environment), state: () => state };
  },

  async remove({ state }, { spdk }) {
    return [
      { label: "bdev_crypto_delete", apply: () => spdk.discard("bdev_crypto_delete", { name: state.bdev }) },
      // Only after its bdev is gone: destroying a key in use breaks SPDK (crash.crypto_key_destroyed_in_use).
      {
        label: "accel_crypto_key_destroy",
        apply: () => spdk.discard("accel_crypto_key_destroy", { key_name: state.key }),
      },
    ];
  },

  async inspect({ object, state }, environment) {
    const { spdk, volumes } = environment;
    const bdev = await spdk.bdev(state.bdev);
    if (bdev !== undefined) {
      const crypto = bdev.driver_specific.crypto;
      if (crypto?.key_name === state.key) return WHOLE;
      const other = crypto === undefined ? bdev.product_name : `encrypted with the key ${crypto.key_name}`;
      return { found: "other", what: `a block device ${state.bdev} of another make: ${other}` };
    }
    const hasKey = (
      await spdk.unlessGone<readonly SpdkCryptoKey[]>("accel_crypto_keys_get", { key_name: state.key })
    )?.some(({ name }) => name === state.key);
    const steps = async (): Promise<readonly Step[]> => {
      const base = await volumes.resolveUnclaimed(object.volumeNameRef, "volume_name_ref", environment);
      const all = createSteps(state, base.bdev, object, environment);
      if (hasKey !== true) return all;
      // No block device uses it, and only one that is made here and now is surely the object's.
      const destroy = (): Promise<void> => spdk.discard("accel_crypto_key_destroy", { key_name: state.key });
      return [{ label: "accel_crypto_key_destroy", apply: destroy }, ...all];
    };
    return { found: hasKey === true ? "part" : "nothing", steps };
  },

  async observe({ name, object, state }, { spdk }) {
    await bdevBehind(spdk, state.bdev, name);
    return object;
  },

  bdevs: async ({ state }) => [state.bdev],
  bdevOf: ({ state }) => state.bdev,
};

function createSteps(
  { bdev, key }: EncryptedState,
  base: string,
  volume: EncryptedVolume,
  { spdk }: Environment,
): readonly Step[] {
  const half = volume.key.length / 2;
  return [
    {
      label: "accel_crypto_key_create",
      apply: () =>
        spdk.call("accel_crypto_key_create", {
          name: key,
          cipher: "AES_XTS",
          key: volume.key.subarray(0, half).toString("hex"),
          key2: volume.key.subarray(half).toString("hex"),
        }),
      undo: () => spdk.discard("accel_crypto_key_destroy", { key_name: key }),
    },
    {
      label: "bdev_crypto_create",
      apply: () => spdk.call("bdev_crypto_create", { base_bdev_name: base, name: bdev, key_name: key }),
      undo: () => spdk.discard("bdev_crypto_delete", { name: bdev }),
    },
  ];
}
