import { randomUUID } from "node:crypto";

import type { TransportId } from "../fabric/transport-id";
import { errnoFault, RpcFault } from "../rpc/fault";
import type { SpdkTraits } from "../versions/traits";
import type { NvmeBdev } from "./nvme-bdev";
import type { NvmeController } from "./controller";

/** The NVMe initiator: controllers by name, in the order of their attachment. */
export class NvmeInitiator {
  readonly defaultHostNqn = `nqn.2014-08.org.nvmexpress:uuid:${randomUUID()}`;
  readonly hostId = randomUUID();
  private readonly controllers = new Map<string, NvmeController>();

  constructor(private readonly traits: SpdkTraits) {}

  all(): NvmeController[] {
    return [...this.controllers.values()];
  }

  find(name: string): NvmeController | undefined {
    return this.controllers.get(name);
  }

  get(name: string): NvmeController {
    const controller = this.controllers.get(name);
    if (controller === undefined) throw errnoFault("ENODEV");
    return controller;
  }

  add(controller: NvmeController): void {
    this.controllers.set(controller.name, controller);
  }

  /** Recorded: nvme/attach_other_name_same_ctrl – one address and subsystem cannot be attached twice. */
  requireUnattached(trid: TransportId, hostnqn = this.defaultHostNqn): void {
    const same = (controller: NvmeController): boolean =>
      controller.leadsTo(trid) && (!this.traits.attachesPerHost || controller.hostnqn === hostnqn);
    if (this.all().some(same)) throw errnoFault("EEXIST");
  }

  detach(name: string, matches: (trid: TransportId) => boolean): void {
    const controller = this.get(name);
    if (!controller.has(matches)) throw errnoFault("ENXIO");
    if (controller.drop(matches)) this.controllers.delete(name);
  }

  getBdev(name: string): NvmeBdev {
    for (const controller of this.controllers.values()) {
      const bdev = controller.findBdev(name);
      if (bdev !== undefined) return bdev;
    }
    throw errnoFault("ENODEV");
  }

  getListed(name: string): NvmeController {
    const controller = this.controllers.get(name);
    if (controller === undefined)
      throw new RpcFault(this.traits.missingControllerCode, `Controller ${name} does not exist`);
    return controller;
  }

  close(): void {
    for (const controller of this.all()) controller.drop(() => true);
  }
}
