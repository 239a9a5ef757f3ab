import type { ControllerData, FabricConnection, FabricEvents, FabricHost, FabricNamespace } from "../fabric/fabric";
import { sameAddress, type TransportId } from "../fabric/transport-id";
import { errnoFault } from "../rpc/fault";
import { describeController, type NvmfController } from "./controller";
import type { SpdkTraits } from "../versions/traits";
import { describeHost, releaseKeys, type NvmfHost } from "./host";
import type { Listener } from "./listener";
import { describeNamespace, type NvmfNamespace } from "./namespace";

export interface SubsystemSpec {
  readonly nqn: string;
  readonly subtype: "NVMe" | "Discovery";
  readonly serialNumber: string;
  readonly modelNumber: string;
  readonly maxNamespaces: number;
  readonly minCntlid: number;
  readonly maxCntlid: number;
  readonly anaReporting: boolean;
  readonly limits: SubsystemLimits;
}

/** What 26.05 tells of a subsystem besides: pass-through, reset, and the sizes of deallocating and of writing zeroes. */
export interface SubsystemLimits {
  readonly passthrough: boolean;
  readonly enable_nssr: boolean;
  /** Dataset management range size limit, in blocks of 512 bytes (NVMe NVM command set specification). */
  readonly dmrsl: number;
  /** Write zeroes size limit, as a power of two in pages of 4 KiB. */
  readonly wzsl: number;
}

export const DEFAULT_LIMITS: SubsystemLimits = { passthrough: false, enable_nssr: false, dmrsl: 2_097_152, wzsl: 12 };

const FIRST_EPHEMERAL_PORT = 32_768;

/** An NVMe subsystem that this SPDK offers to hosts. */
export class NvmfSubsystem {
  /** Newest first, as SPDK lists hosts and listeners (recorded: nvmf/listeners, new.nvmf_auth/subs). */
  hosts: readonly NvmfHost[] = [];
  listeners: readonly Listener[] = [];
  readonly namespaces = new Map<number, NvmfNamespace>();
  controllers: readonly NvmfController[] = [];
  private nextCntlid: number;
  private nextPeerPort = FIRST_EPHEMERAL_PORT;

  constructor(
    readonly spec: SubsystemSpec,
    public allowAnyHost: boolean,
    private readonly traits: SpdkTraits,
  ) {
    this.nextCntlid = spec.minCntlid;
  }

  findListener(address: Pick<TransportId, "trtype" | "traddr" | "trsvcid">): Listener | undefined {
    return this.listeners.find((listener) => sameAddress(listener.address, address));
  }

  addListener(listener: Listener): void {
    this.listeners = [listener, ...this.listeners];
  }

  removeListener(listener: Listener): void {
    this.listeners = this.listeners.filter((each) => each !== listener);
    this.disconnect((controller) => controller.listener === listener);
  }

  findHost(nqn: string): NvmfHost | undefined {
    return this.hosts.find((host) => host.nqn === nqn);
  }

  addHost(host: NvmfHost): void {
    this.hosts = [host, ...this.hosts];
  }

  /** Other DH-HMAC-CHAP keys; who is connected stays so. */
  changeHost(host: NvmfHost, changed: NvmfHost): void {
    this.hosts = this.hosts.map((each) => (each === host ? changed : each));
    host.dhchapKey?.release();
    host.dhchapControllerKey?.release();
  }

  removeHost(host: NvmfHost): void {
    this.hosts = this.hosts.filter((each) => each !== host);
    releaseKeys(host);
    this.disconnect((controller) => controller.host.nqn === host.nqn);
  }

  /** The lowest number that is free; undefined when all are taken. */
  freeNsid(): number | undefined {
    for (let nsid = 1; nsid <= this.spec.maxNamespaces; nsid++) if (!this.namespaces.has(nsid)) return nsid;
    return undefined;
  }

  sortedNamespaces(): NvmfNamespace[] {
    return [...this.namespaces.values()].sort((a, b) => a.nsid - b.nsid);
  }

  /** The newest connection hears of it first (recorded: nvme/bdevs_after_late_ns lists the second path first). */
  announceNamespaces(): void {
    for (const controller of [...this.controllers].reverse()) controller.events.namespacesChanged();
  }

  connect(listener: Listener, host: FabricHost, events: FabricEvents): FabricConnection {
    const allowed = this.findHost(host.nqn);
    if (allowed === undefined && !this.allowAnyHost) throw errnoFault("EIO");
    if (listener.secure !== (host.psk !== undefined)) throw errnoFault("EIO");
    const keysFit = !listener.secure || allowed?.psk?.text === host.psk;
    if (!keysFit && this.traits.checksPskBeforeConnect) throw errnoFault("EIO");
    // Given out before further keys are compared: a wrong one costs an id (recorded: new.nvme_auth/ctrl_p8, …/dh_ctrl).
    const cntlid = this.takeCntlid();
    if (!keysFit || !provesItself(host, allowed)) throw errnoFault("EIO");
    const controller = { cntlid, host, listener, peerPort: this.nextPeerPort++, events };
    this.controllers = [...this.controllers, controller];
    return {
      cntlid: controller.cntlid,
      controller: this.identify(),
      namespaces: () => this.namespacesFor(controller),
      authenticate: (again) => {
        const known = this.findHost(again.nqn);
        if (known?.dhchapKey === undefined) return "not asked";
        return provesItself(again, known) ? "accepted" : "refused";
      },
      close: () => {
        this.controllers = this.controllers.filter((each) => each !== controller);
      },
    };
  }

  disconnect(which: (controller: NvmfController) => boolean): void {
    const leaving = this.controllers.filter(which);
    this.controllers = this.controllers.filter((controller) => !leaving.includes(controller));
    for (const controller of leaving) controller.events.lost();
  }

  describe(): Record<string, unknown> {
    const { spec } = this;
    return {
      nqn: spec.nqn,
      subtype: spec.subtype,
      listen_addresses: this.listeners.map((listener) => listener.describeAddress()),
      allow_any_host: this.allowAnyHost,
      hosts: this.hosts.map(describeHost),
      ...(spec.subtype === "Discovery"
        ? {}
        : {
            serial_number: spec.serialNumber,
            model_number: spec.modelNumber,
            max_namespaces: spec.maxNamespaces,
            ...(this.traits.showsSubsystemLimits ? { passthrough: spec.limits.passthrough } : {}),
            min_cntlid: spec.minCntlid,
            max_cntlid: spec.maxCntlid,
            ...(this.traits.showsSubsystemLimits ? { dmrsl: spec.limits.dmrsl, wzsl: spec.limits.wzsl } : {}),
            namespaces: this.sortedNamespaces().map((each) => describeNamespace(each, spec.anaReporting)),
          }),
    };
  }

  describeControllers(): Record<string, unknown>[] {
    return this.controllers.map((controller) => describeController(controller, this.traits));
  }

  private takeCntlid(): number {
    const { minCntlid, maxCntlid } = this.spec;
    const taken = new Set(this.controllers.map((controller) => controller.cntlid));
    for (let tries = minCntlid; tries <= maxCntlid; tries++) {
      const cntlid = this.nextCntlid;
      this.nextCntlid = cntlid === maxCntlid ? minCntlid : cntlid + 1;
      if (!taken.has(cntlid)) return cntlid;
    }
    throw errnoFault("EIO");
  }

  private namespacesFor(controller: NvmfController): FabricNamespace[] {
    return this.sortedNamespaces()
      .filter(({ autoVisible, visibleTo }) => autoVisible || visibleTo.has(controller.host.nqn))
      .map(({ nsid, uuid, bdev, store, anaGroup }) => ({
        nsid,
        uuid,
        blockSize: bdev.blockSize,
        numBlocks: bdev.numBlocks,
        store,
        ...(this.spec.anaReporting ? { anaState: controller.listener.anaStateOf(anaGroup) } : {}),
      }));
  }

  private identify(): ControllerData {
    const { nqn, serialNumber, modelNumber, anaReporting } = this.spec;
    return {
      vendorId: "0x8086",
      serialNumber,
      modelNumber,
      firmwareRevision: this.traits.firmwareRevision,
      nvmeVersion: this.traits.nvmeVersion,
      subnqn: nqn,
      multiController: true,
      anaReporting,
    };
  }
}

/** DH-HMAC-CHAP. Every refusal is an input/output error to the host (recorded: new.nvme_auth/…, special.remote/hostnqn_not_allowed). */
function provesItself(host: FabricHost, allowed: NvmfHost | undefined): boolean {
  if (allowed?.dhchapKey !== undefined && allowed.dhchapKey.read() !== host.dhchapKey) return false;
  // The host asks the controller to authenticate itself only when it has a key to compare with.
  return host.dhchapControllerKey === undefined || allowed?.dhchapControllerKey?.read() === host.dhchapControllerKey;
}
