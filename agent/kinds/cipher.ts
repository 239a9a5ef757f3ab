import { EncryptionType } from "../../provider/wire/opi_api/storage/v1/opicommon";

/** Bytes of key material for each cipher that SPDK has: both halves of an XTS key (crypto/key_…). */
export const KEY_BYTES: ReadonlyMap<EncryptionType, number> = new Map([
  [EncryptionType.ENCRYPTION_TYPE_AES_XTS_128, 32],
  [EncryptionType.ENCRYPTION_TYPE_AES_XTS_256, 64],
]);

export const SUPPORTED_CIPHERS: readonly string[] = [...KEY_BYTES.keys()].map((cipher) => EncryptionType[cipher]);
