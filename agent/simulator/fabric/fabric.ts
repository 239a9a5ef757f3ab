import type { BlockStore } from "../bdev/block-store";

/** Where an NVMe-oF target listens, or where a local NVMe device sits. */
export interface FabricAddress {
  /** As SPDK writes it: TCP, RDMA, PCIe, VFIOUSER. */
  readonly trtype: string;
  readonly traddr: string;
  readonly trsvcid: string;
}

/** Who connects. */
export interface FabricHost {
  readonly nqn: string;
  readonly id: string;
  /** The connecting SPDK, by which a target recognises itself. */
  readonly owner: object;
  /** TLS pre-shared key in interchange format, when the host wants TLS. */
  readonly psk?: string;
  /** DH-HMAC-CHAP secrets of the host and, for authentication in both directions, of the controller. */
  readonly dhchapKey?: string;
  readonly dhchapControllerKey?: string;
}

/** Identify Controller data (NVMe base specification) as far as SPDK reports it. */
export interface ControllerData {
  readonly vendorId: string;
  readonly serialNumber: string;
  readonly modelNumber: string;
  readonly firmwareRevision: string;
  readonly nvmeVersion: string;
  readonly subnqn: string;
  readonly multiController: boolean;
  readonly anaReporting: boolean;
}

export interface FabricNamespace {
  readonly nsid: number;
  readonly uuid: string;
  readonly blockSize: number;
  readonly numBlocks: number;
  readonly anaState?: string;
  readonly store: BlockStore;
}

/** What a target tells a connected host. */
export interface FabricEvents {
  namespacesChanged(): void;
  lost(): void;
}

export interface FabricConnection {
  readonly cntlid: number;
  readonly controller: ControllerData;
  namespaces(): readonly FabricNamespace[];
  /** DH-HMAC-CHAP once more, with other keys; a target that asks this host for none says so. */
  authenticate(host: FabricHost): "accepted" | "refused" | "not asked";
  close(): void;
}

/** Something that listens at addresses. */
export interface FabricTarget {
  listensAt(address: FabricAddress): boolean;
  /** Throws the fault that the host's attempt ends with. */
  connect(address: FabricAddress, subnqn: string, host: FabricHost, events: FabricEvents): FabricConnection;
}

/** What simulated initiators can reach. Nothing of it touches the machine's network. */
export class Fabric {
  private readonly targets = new Set<FabricTarget>();

  add(target: FabricTarget): void {
    this.targets.add(target);
  }

  remove(target: FabricTarget): void {
    this.targets.delete(target);
  }

  /** Undefined when nobody is at the address (recorded: nvme/attach_bad_svc, NvmePath.bad/create_pcie_no_device). */
  connect(
    address: FabricAddress,
    subnqn: string,
    host: FabricHost,
    events: FabricEvents,
  ): FabricConnection | undefined {
    for (const target of this.targets)
      if (target.listensAt(address)) return target.connect(address, subnqn, host, events);
    return undefined;
  }
}
