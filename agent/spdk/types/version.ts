/** Result of spdk_get_version. */
export interface SpdkVersion {
  readonly version: string;
  readonly fields: {
    readonly major: number;
    readonly minor: number;
    readonly patch: number;
    readonly suffix: string;
    readonly commit?: string;
  };
}
