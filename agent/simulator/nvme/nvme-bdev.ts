import type { Bdev, BlockPreferences } from "../bdev/bdev";
import type { BlockStore } from "../bdev/block-store";
import { NAMED_DMA_MEMORY, SYSTEM_MEMORY } from "../bdev/memory-domains";
import type { FabricNamespace } from "../fabric/fabric";
import { describeTransportId } from "../fabric/transport-id";
import { errnoFault, RpcFault } from "../rpc/fault";
import type { SpdkState } from "../state";
import type { NvmePath } from "./path";

/** Recorded: nvme/bdevs of 26.05. */
const NVME_PREFERENCES: BlockPreferences = {
  preferred_write_alignment: 1,
  preferred_write_granularity: 1,
  optimal_write_size: 256,
  preferred_unmap_alignment: 1,
  preferred_unmap_granularity: 1,
};

/** A namespace of an attached controller, reached by one or more paths. */
export class NvmeBdev {
  policy: "active_passive" | "active_active" = "active_passive";
  private paths: readonly NvmePath[];
  private readonly bdev: Bdev;

  private constructor(
    private readonly spdk: SpdkState,
    name: string,
    private readonly nsid: number,
    namespace: FabricNamespace,
    paths: readonly NvmePath[],
  ) {
    this.paths = paths;
    this.bdev = spdk.bdevs.register({
      name,
      uuid: namespace.uuid,
      module: "nvme",
      productName: "NVMe disk",
      blockSize: namespace.blockSize,
      numBlocks: namespace.numBlocks,
      ioTypes: spdk.traits.nvmeIoTypes,
      numaId: -1,
      preferences: NVME_PREFERENCES,
      store: this.pathStore(),
      memoryDomains: () => (spdk.traits.namesMemoryDomains ? [NAMED_DMA_MEMORY] : this.paths.map(() => SYSTEM_MEMORY)),
      driverSpecific: () => ({ nvme: this.paths.map((path) => this.describePath(path)), mp_policy: this.policy }),
    });
  }

  /** Undefined when its name or UUID is taken: SPDK attaches such a namespace silently without a bdev (recorded: new.nvme_auth/attach_psk_host_on_plain_port). */
  static register(
    spdk: SpdkState,
    name: string,
    nsid: number,
    namespace: FabricNamespace,
    paths: readonly NvmePath[],
  ): NvmeBdev | undefined {
    try {
      return new NvmeBdev(spdk, name, nsid, namespace, paths);
    } catch (error) {
      if (error instanceof RpcFault && error.code === errnoFault("EEXIST").code) return undefined;
      throw error;
    }
  }

  get name(): string {
    return this.bdev.name;
  }

  /** Follows what the paths show now: keeps the order of those it has, then the new ones. */
  update(paths: readonly NvmePath[]): void {
    this.paths = [
      ...this.paths.filter((path) => paths.includes(path)),
      ...paths.filter((path) => !this.paths.includes(path)),
    ];
    const numBlocks = this.find(this.paths[0])?.numBlocks;
    if (numBlocks !== undefined && numBlocks !== this.bdev.numBlocks) this.spdk.bdevs.resize(this.bdev, numBlocks);
  }

  unregister(): void {
    this.spdk.bdevs.unregister(this.bdev);
  }

  prefer(cntlid: number): void {
    const preferred = this.paths.find((path) => path.connection.cntlid === cntlid);
    if (preferred === undefined) throw errnoFault("ENODEV");
    this.paths = [preferred, ...this.paths.filter((path) => path !== preferred)];
  }

  private find(path: NvmePath | undefined): FabricNamespace | undefined {
    return path?.namespaces().find((namespace) => namespace.nsid === this.nsid);
  }

  private pathStore(): BlockStore {
    const remote = (): BlockStore => {
      const namespace = this.find(this.paths.find((path) => path.state === "enabled"));
      if (namespace === undefined) throw new Error(`no path of bdev ${this.bdev.name} is connected`);
      return namespace.store;
    };
    return {
      read: (offset, length) => remote().read(offset, length),
      write: (offset, data) => {
        remote().write(offset, data);
      },
      close: () => undefined,
    };
  }

  private describePath(path: NvmePath): Record<string, unknown> {
    const { controller, cntlid } = path.connection;
    const { anaState } = this.find(path) ?? {};
    return {
      ...(path.trid.trtype === "PCIe" ? { pci_address: path.trid.traddr } : {}),
      trid: describeTransportId(path.trid),
      ctrlr_data: {
        cntlid,
        vendor_id: controller.vendorId,
        model_number: controller.modelNumber,
        serial_number: controller.serialNumber,
        firmware_revision: controller.firmwareRevision,
        subnqn: controller.subnqn,
        oacs: { security: 0, format: 0, firmware: 0, ns_manage: 0 },
        multi_ctrlr: controller.multiController,
        ana_reporting: controller.anaReporting,
      },
      vs: { nvme_version: controller.nvmeVersion },
      ns_data: {
        id: this.nsid,
        ...(anaState === undefined ? {} : { ana_state: anaState }),
        can_share: controller.multiController,
      },
    };
  }
}
