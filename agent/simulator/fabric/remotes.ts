import { MemoryStore } from "../bdev/block-store";
import { uuidUnder } from "../bdev/uuid";
import { errnoFault } from "../rpc/fault";
import type {
  ControllerData,
  FabricAddress,
  FabricConnection,
  FabricEvents,
  FabricHost,
  FabricNamespace,
  FabricTarget,
} from "./fabric";

/** An NVMe-oF subsystem, or a local PCIe device, that the simulated SPDK can attach. Entries with the same subnqn are paths to the same namespaces. */
export interface RemoteTarget {
  readonly trtype: string;
  /** IP address, or the PCI address (domain:bus:device.function) of a local device. */
  readonly traddr: string;
  readonly trsvcid?: string;
  readonly subnqn?: string;
  readonly serialNumber?: string;
  readonly modelNumber?: string;
  /** The TLS pre-shared key, in interchange format, without which nobody gets in. */
  readonly psk?: string;
  readonly namespaces: readonly {
    readonly nsid: number;
    readonly blockSize: number;
    readonly blocksCount: number;
    readonly uuid?: string;
  }[];
}

const NIL_UUID = "00000000-0000-0000-0000-000000000000";

/** Remote targets from a list: they take every host, and their namespaces keep what is written. */
export class Remotes implements FabricTarget {
  private readonly namespacesByUuid = new Map<string, FabricNamespace>();
  private nextCntlid = 1;

  constructor(private readonly remotes: readonly RemoteTarget[]) {}

  listensAt(address: FabricAddress): boolean {
    return this.remotes.some((remote) => isAt(remote, address));
  }

  connect(address: FabricAddress, subnqn: string, host: FabricHost, _events: FabricEvents): FabricConnection {
    const here = this.remotes.filter((remote) => isAt(remote, address));
    const remote = here.find((each) => each.subnqn === subnqn || isPcie(each.trtype));
    // Recorded: nvme/attach_bad_sub, new.nvme_auth/attach_psk_wrong_key, new.nvme_auth/attach_psk_to_plain_port.
    if (remote === undefined || remote.psk !== host.psk) throw errnoFault("EIO");
    const controller = describeController(remote);
    const namespaces = remote.namespaces.map((namespace) => this.namespace(remote, namespace));
    const cntlid = this.nextCntlid++;
    return {
      cntlid,
      controller,
      namespaces: () => namespaces,
      authenticate: () => "not asked",
      close: () => undefined,
    };
  }

  private namespace(remote: RemoteTarget, spec: RemoteTarget["namespaces"][number]): FabricNamespace {
    const owner = remote.subnqn ?? remote.traddr;
    const uuid = spec.uuid ?? uuidUnder(NIL_UUID, `${owner} ${spec.nsid}`);
    const known = this.namespacesByUuid.get(uuid);
    if (known !== undefined) return known;
    const namespace: FabricNamespace = {
      nsid: spec.nsid,
      uuid,
      blockSize: spec.blockSize,
      numBlocks: spec.blocksCount,
      store: new MemoryStore(),
    };
    this.namespacesByUuid.set(uuid, namespace);
    return namespace;
  }
}

function describeController(remote: RemoteTarget): ControllerData {
  const fabric = !isPcie(remote.trtype);
  return {
    vendorId: "0x8086",
    serialNumber: remote.serialNumber ?? "00000000000000000000",
    modelNumber: remote.modelNumber ?? (fabric ? "SPDK bdev Controller" : "Simulated NVMe device"),
    firmwareRevision: "24.05",
    nvmeVersion: "1.3",
    subnqn: remote.subnqn ?? `nqn.2014-08.org.nvmexpress:uuid:${uuidUnder(NIL_UUID, remote.traddr)}`,
    multiController: fabric,
    anaReporting: false,
  };
}

function isPcie(trtype: string): boolean {
  return trtype.toUpperCase() === "PCIE";
}

function isAt(remote: RemoteTarget, address: FabricAddress): boolean {
  return (
    remote.trtype.toUpperCase() === address.trtype.toUpperCase() &&
    remote.traddr.toLowerCase() === address.traddr.toLowerCase() &&
    (isPcie(remote.trtype) || (remote.trsvcid ?? "") === address.trsvcid)
  );
}
