import type { Fabric, FabricConnection, FabricHost, FabricNamespace } from "../fabric/fabric";
import { describeTransportId, sameAddress, type TransportId } from "../fabric/transport-id";

export interface PathOptions {
  readonly host: FabricHost;
  readonly hostAddress: string;
  readonly hostService: string;
}

/** One connection of an NVMe controller. In failover mode it has further addresses to turn to. */
export class NvmePath {
  connection: FabricConnection;
  state: "enabled" | "disabled" | "failed" = "enabled";
  alternates: readonly TransportId[] = [];
  trid: TransportId;

  /** Connects, or throws what the target said. */
  constructor(
    private readonly fabric: Fabric,
    trid: TransportId,
    readonly options: PathOptions,
    private readonly onNamespacesChanged: () => void,
  ) {
    this.trid = trid;
    this.connection = this.connect(trid);
  }

  leadsTo(trid: TransportId): boolean {
    return [this.trid, ...this.alternates].some((known) => sameAddress(known, trid) && known.subnqn === trid.subnqn);
  }

  namespaces(): readonly FabricNamespace[] {
    return this.connection.namespaces();
  }

  /** Connects anew, under a new controller id (recorded: nvme/bdevs_after_late_ns). */
  reset(): void {
    this.connection.close();
    try {
      this.connection = this.connect(this.trid);
      this.state = "enabled";
    } catch (error) {
      this.state = "failed";
      throw error;
    }
  }

  disable(): void {
    this.state = "disabled";
  }

  addAlternate(trid: TransportId): void {
    // The target must be there and let us in; the connection itself is only made when it is needed.
    this.connect(trid).close();
    this.alternates = [...this.alternates, trid];
  }

  /** Drops an address. False when it was the last one. */
  drop(matches: (trid: TransportId) => boolean): boolean {
    this.alternates = this.alternates.filter((trid) => !matches(trid));
    if (!matches(this.trid)) return true;
    const [next, ...others] = this.alternates as readonly (TransportId | undefined)[];
    if (next === undefined) return false;
    this.trid = next;
    this.alternates = others.filter((trid) => trid !== undefined);
    this.reset();
    return true;
  }

  close(): void {
    this.connection.close();
  }

  describe(): Record<string, unknown> {
    return {
      state: this.state,
      trid: describeTransportId(this.trid),
      ...(this.alternates.length === 0 ? {} : { alternate_trids: this.alternates.map(describeTransportId) }),
      cntlid: this.connection.cntlid,
      host: { nqn: this.options.host.nqn, addr: this.options.hostAddress, svcid: this.options.hostService },
    };
  }

  private connect(trid: TransportId): FabricConnection {
    return this.fabric.connect(trid, trid.subnqn, this.options.host, {
      namespacesChanged: () => {
        this.onNamespacesChanged();
      },
      lost: () => {
        this.state = "failed";
      },
    });
  }
}
