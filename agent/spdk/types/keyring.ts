/** One element of the result of keyring_get_keys. */
export interface SpdkKeyringKey {
  readonly name: string;
  readonly module: string;
  readonly removed: boolean;
  readonly probed: boolean;
  readonly refcnt: number;
  /** Absent once the key was removed and is only kept by its users. */
  readonly path?: string;
}
