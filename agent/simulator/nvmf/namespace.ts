import type { Bdev, BdevUser } from "../bdev/bdev";
import type { BlockStore } from "../bdev/block-store";

/** A namespace of a subsystem: a bdev under a number. */
export interface NvmfNamespace {
  readonly nsid: number;
  readonly bdev: Bdev;
  /** The bytes of the bdev, counted. */
  readonly store: BlockStore;
  readonly user: BdevUser;
  readonly uuid: string;
  /** Hexadecimal in capitals, as SPDK reports it. */
  readonly nguid: string;
  readonly eui64?: string;
  anaGroup: number;
  readonly autoVisible: boolean;
  /** Hosts that see a namespace that is not visible by itself (nvmf_ns_add_host). */
  readonly visibleTo: Set<string>;
}

export function describeNamespace(namespace: NvmfNamespace, anaReporting: boolean): Record<string, unknown> {
  return {
    nsid: namespace.nsid,
    bdev_name: namespace.bdev.name,
    name: namespace.bdev.name,
    nguid: namespace.nguid,
    ...(namespace.eui64 === undefined ? {} : { eui64: namespace.eui64 }),
    uuid: namespace.uuid,
    ...(anaReporting ? { anagrpid: namespace.anaGroup } : {}),
  };
}
