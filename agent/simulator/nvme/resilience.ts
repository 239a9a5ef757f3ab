/** What a controller does when its connection is lost, in seconds; zeros mean the default behaviour. */
export interface Resilience {
  readonly ctrlrLossTimeout: number;
  readonly reconnectDelay: number;
  readonly fastIoFailTimeout: number;
}

/** SPDK's rules for bdev_nvme_attach_controller: the three times must not contradict each other. */
export function isConsistent({ ctrlrLossTimeout, reconnectDelay, fastIoFailTimeout }: Resilience): boolean {
  if (ctrlrLossTimeout < -1) return false;
  if (ctrlrLossTimeout === 0) return reconnectDelay === 0 && fastIoFailTimeout === 0;
  if (reconnectDelay === 0) return false;
  if (fastIoFailTimeout !== 0 && fastIoFailTimeout < reconnectDelay) return false;
  return ctrlrLossTimeout === -1 || (reconnectDelay <= ctrlrLossTimeout && fastIoFailTimeout <= ctrlrLossTimeout);
}
