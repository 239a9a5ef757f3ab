import type { BlockStore } from "../bdev/block-store";
import type { FabricAddress, FabricConnection, FabricEvents, FabricHost, FabricTarget } from "../fabric/fabric";
import { errnoFault } from "../rpc/fault";
import { removeVfioUserSocket } from "./listener";
import { DISCOVERY_NQN } from "./nqn";
import { releaseKeys } from "./host";
import type { SpdkTraits } from "../versions/traits";
import { DEFAULT_LIMITS, NvmfSubsystem } from "./subsystem";
import type { TransportOptions } from "./transport";

/** SPDK's only target unless others are created. */
export const TARGET_NAME = "nvmf_tgt";

export interface Referral {
  readonly address: FabricAddress & { readonly adrfam: string };
  readonly subnqn: string;
  readonly secure: boolean;
}

/** The NVMe-oF target: transports and subsystems. */
export class NvmfTarget implements FabricTarget {
  readonly transports = new Map<string, TransportOptions>();
  referrals: readonly Referral[] = [];
  private readonly subsystems = new Map<string, NvmfSubsystem>();
  /** Connections since the start. */
  adminQueuesEver = 0;
  /** Reads and writes of hosts. */
  completedIo = 0;

  constructor(traits: SpdkTraits) {
    const discovery = {
      nqn: DISCOVERY_NQN,
      subtype: "Discovery",
      serialNumber: "00000000000000000000",
      modelNumber: "SPDK bdev Controller",
      maxNamespaces: 0,
      minCntlid: 1,
      maxCntlid: 65_519,
      anaReporting: false,
      limits: DEFAULT_LIMITS,
    } as const;
    this.add(new NvmfSubsystem(discovery, true, traits));
  }

  /** By NQN, as SPDK keeps them. */
  all(): NvmfSubsystem[] {
    return [...this.subsystems.values()].sort((a, b) => (a.spec.nqn < b.spec.nqn ? -1 : 1));
  }

  find(nqn: string): NvmfSubsystem | undefined {
    return this.subsystems.get(nqn);
  }

  add(subsystem: NvmfSubsystem): void {
    this.subsystems.set(subsystem.spec.nqn, subsystem);
  }

  delete(subsystem: NvmfSubsystem, letGo: (subsystem: NvmfSubsystem) => void): void {
    this.subsystems.delete(subsystem.spec.nqn);
    subsystem.disconnect(() => true);
    letGo(subsystem);
    subsystem.hosts.forEach(releaseKeys);
    removeSockets(subsystem);
  }

  listensAt(address: FabricAddress): boolean {
    return this.all().some((subsystem) => subsystem.findListener(address) !== undefined);
  }

  connect(address: FabricAddress, subnqn: string, host: FabricHost, events: FabricEvents): FabricConnection {
    const subsystem = this.find(subnqn);
    const listener = subsystem?.findListener(address);
    if (subsystem === undefined || listener === undefined) throw errnoFault("EIO");
    const connection = subsystem.connect(listener, host, events);
    this.adminQueuesEver++;
    return connection;
  }

  /** What hosts see of a bdev: its bytes, with each I/O counted for the target too. */
  countIo(store: BlockStore): BlockStore {
    return {
      read: (offset, length) => {
        this.completedIo++;
        return store.read(offset, length);
      },
      write: (offset, data) => {
        this.completedIo++;
        store.write(offset, data);
      },
      close: () => undefined,
    };
  }

  connectedHosts(): number {
    return this.all().reduce((sum, { controllers }) => sum + controllers.length, 0);
  }

  /** The end of the process: hosts lose their connections. */
  close(): void {
    for (const subsystem of this.all()) {
      subsystem.disconnect(() => true);
      removeSockets(subsystem);
    }
  }
}

function removeSockets(subsystem: NvmfSubsystem): void {
  for (const { address } of subsystem.listeners)
    if (address.trtype === "VFIOUSER") removeVfioUserSocket(address.traddr);
}
