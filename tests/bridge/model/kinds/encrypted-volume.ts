import type { WireMessage } from "../../../../provider/catalogue/values/wire";
import { EncryptionType } from "../../../../provider/wire/opi_api/storage/v1/opicommon";
import type { Bridge, Kind } from "../kind";
import { idOf } from "../kind";
import { checkName } from "../request/names";
import { invalid } from "../status";
import { allBdevs, bdevCounters, bdevNamed } from "./bdev";

const keyBits = new Map<unknown, number>([
  [EncryptionType.ENCRYPTION_TYPE_AES_XTS_128, 256],
  [EncryptionType.ENCRYPTION_TYPE_AES_XTS_256, 512],
]);

/** Key and bdev carry the volume's id. A failure in between leaves the key (recorded: special.encrypted/base_already_claimed). */
async function make(bridge: Bridge, name: string, { key, volumeNameRef }: WireMessage): Promise<void> {
  const hex = Buffer.from(key as Uint8Array).toString("hex");
  await bridge.spdk.call("accel_crypto_key_create", {
    cipher: "AES_XTS",
    key: hex.slice(0, hex.length / 2),
    key2: hex.slice(hex.length / 2),
    tweak_mode: "SIMPLE_LBA",
    name,
  });
  await bridge.spdk.call("bdev_crypto_create", { base_bdev_name: volumeNameRef, name, key_name: name });
}

async function unmake(bridge: Bridge, name: string): Promise<void> {
  await bridge.spdk.call("bdev_crypto_delete", { name });
  await bridge.spdk.call("accel_crypto_key_destroy", { key_name: name });
}

function validate({ volumeNameRef, cipher, key }: WireMessage): void {
  checkName(String(volumeNameRef));
  const expected = keyBits.get(cipher);
  if (expected === undefined) throw invalid("only AES_XTS_256 and AES_XTS_128 are supported");
  const provided = (key as Uint8Array).length * 8;
  if (provided !== expected) throw invalid(`expected key size ${expected}b, provided size ${provided}b`);
}

export const encryptedVolume: Kind = {
  noun: "EncryptedVolume",
  end: "middleend",
  collection: "volumes",
  validate,
  validateUpdate: validate,
  create: async (bridge, { id, name, body }) => {
    await make(bridge, id, body);
    return { ...body, name };
  },
  read: async (bridge, stored) => ({ name: (await bdevNamed(bridge, idOf(stored.name))).name }),
  update: {
    kind: "any object",
    // What it answers, it does not store (recorded: special.encrypted/create_same_id_after_failed_update).
    apply: async (bridge, body) => {
      await unmake(bridge, idOf(body.name));
      await make(bridge, idOf(body.name), body);
      return body;
    },
  },
  remove: (bridge, stored) => unmake(bridge, idOf(stored.name)),
  list: async (bridge) => (await allBdevs(bridge)).map(({ name }) => ({ name })),
  stats: bdevCounters,
};
