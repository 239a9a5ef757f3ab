import type { FabricConnection, FabricHost, FabricNamespace } from "../fabric/fabric";
import { describeTransportId, sameAddress, type TransportId } from "../fabric/transport-id";
import type { KeyringKey } from "../keyring/keyring";
import { errnoFault } from "../rpc/fault";
import type { SpdkState } from "../state";
import { isDhchapSecret } from "./dhchap";

export interface PathOptions {
  readonly host: FabricHost;
  /** What of the keyring it uses. */
  readonly keys: readonly KeyringKey[];
  readonly hostAddress: string;
  readonly hostService: string;
}

/** One connection of an NVMe controller. In failover mode it has further addresses to turn to. */
export class NvmePath {
  connection: FabricConnection;
  state: "enabled" | "disabled" | "failed" | "resetting" = "enabled";
  alternates: readonly TransportId[] = [];
  trid: TransportId;

  /** Connects, or throws what the target said. */
  constructor(
    private readonly spdk: SpdkState,
    trid: TransportId,
    public options: PathOptions,
    private readonly onNamespacesChanged: () => void,
  ) {
    this.trid = trid;
    this.connection = this.connect(trid);
    this.holdKeys(options);
  }

  leadsTo(trid: TransportId): boolean {
    return [this.trid, ...this.alternates].some((known) => sameAddress(known, trid) && known.subnqn === trid.subnqn);
  }

  namespaces(): readonly FabricNamespace[] {
    return this.connection.namespaces();
  }

  /** Connects anew, under a new controller id (recorded: nvme/bdevs_after_late_ns). */
  reset(): void {
    // Locked out, it tries by itself all the time (recorded: new.nvme_auth/reset_after_bad_keys).
    if (this.state === "resetting") throw errnoFault("EBUSY");
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

  /**
   * Authenticates with other keys, and breaks when they are wrong: until it is detached and attached again, right ones do
   * not help (recorded: new.nvme_auth/setkeys_not_yet_on_target, …/setkeys_repair). Without keys it gives up.
   */
  setKeys(options: PathOptions): void {
    const { dhchapKey } = options.host;
    if (dhchapKey === undefined) {
      if (this.state === "resetting") this.state = "failed";
      return;
    }
    if (this.state === "resetting") throw errnoFault("EACCES");
    const readable = isDhchapSecret(dhchapKey);
    const outcome = readable ? this.connection.authenticate(options.host) : "refused";
    if (outcome === "refused") this.lockOut();
    if (outcome !== "accepted") throw errnoFault(readable ? "EACCES" : "EINVAL");
    this.releaseKeys();
    this.options = options;
    this.holdKeys(options);
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
    this.releaseKeys();
  }

  describe(): Record<string, unknown> {
    return {
      state: this.state,
      trid: describeTransportId(this.trid),
      ...(this.alternates.length === 0 ? {} : { alternate_trids: this.alternates.map(describeTransportId) }),
      cntlid: this.connection.cntlid,
      host: {
        nqn: this.options.host.nqn,
        addr: this.options.hostAddress,
        svcid: this.options.hostService,
        ...(this.spdk.traits.showsShutdownNotice ? { no_shn_notification: false } : {}),
      },
    };
  }

  private connect(trid: TransportId): FabricConnection {
    const connection = this.spdk.fabric.connect(trid, trid.subnqn, this.options.host, {
      namespacesChanged: () => {
        this.onNamespacesChanged();
      },
      lost: () => {
        this.state = "failed";
      },
    });
    if (connection !== undefined) return connection;
    throw errnoFault(trid.trtype === "PCIe" ? "ENODEV" : this.spdk.traits.nobodyThere);
  }

  private lockOut(): void {
    this.connection.close();
    this.state = "resetting";
  }

  private holdKeys(options: PathOptions): void {
    if (this.spdk.traits.initiatorHoldsKeys) for (const key of options.keys) key.hold();
  }

  private releaseKeys(): void {
    if (this.spdk.traits.initiatorHoldsKeys) for (const key of this.options.keys) key.release();
  }
}
