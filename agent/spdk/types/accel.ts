/** One element of the result of accel_crypto_keys_get. It carries the keys in clear: never log it. */
export interface SpdkCryptoKey {
  readonly name: string;
  readonly cipher: string;
  readonly key: string;
  readonly key2?: string;
  readonly tweak_mode?: string;
}
