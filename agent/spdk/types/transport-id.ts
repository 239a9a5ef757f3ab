/** An NVMe-oF transport address as SPDK reports it. Requests take trtype and adrfam in any case. */
export interface SpdkListenAddress {
  readonly trtype: string;
  readonly adrfam?: string;
  readonly traddr: string;
  readonly trsvcid?: string;
}

/** An address together with the subsystem that is reached there. */
export interface SpdkTransportId extends SpdkListenAddress {
  readonly subnqn?: string;
}
