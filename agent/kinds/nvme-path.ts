import { alreadyExists, failedPrecondition, invalidArgument } from "../aip/status";
import {
  NvmeMultipath,
  type FabricsPath,
  type NvmePath,
  type NvmeRemoteController,
} from "../../provider/wire/opi_api/storage/v1/backend_nvme";
import { NvmeTransportType } from "../../provider/wire/opi_api/storage/v1/opicommon";
import type { Step } from "../saga/steps";
import type { StoredObject } from "../store/store";
import type { Kind } from "./kind";
import { attachSteps, detachStep, isAttached, keyOf, keySteps, pathsOf, type Attachment } from "./nvme-attachment";
import { checkNqn } from "./nqn";
import { checkFamily } from "./nvme-controller";
import { WHOLE } from "./presence";
import { nvmeRemoteController, refuseWhileNamespacesAreUsed } from "./nvme-remote-controller";

/** One attached address of a remote controller. The first brings SPDK's controller and its block devices into being. */
export const nvmePath: Kind<NvmePath, object> = {
  type: "opi_api.storage.v1.NvmePath",
  service: "opi_api.storage.v1.NvmeRemoteControllerService",
  updatable: ["trtype", "traddr", "fabrics"],
  secrets: [],
  refusals: [],
  isVolume: false,
  slow: true,

  check(path, field) {
    const name = NvmeTransportType[path.trtype];
    switch (path.trtype) {
      case NvmeTransportType.NVME_TRANSPORT_TYPE_PCIE:
        if (path.fabrics !== undefined) throw invalidArgument(`${field}.fabrics: not with ${name}`);
        if (!/^[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/i.test(path.traddr))
          throw invalidArgument(
            `${field}.traddr: ${JSON.stringify(path.traddr)} is no PCIe address such as 0000:03:00.0`,
          );
        return;
      case NvmeTransportType.NVME_TRANSPORT_TYPE_TCP:
      case NvmeTransportType.NVME_TRANSPORT_TYPE_RDMA:
        if (path.fabrics === undefined) throw invalidArgument(`${field}.fabrics: required with ${name}`);
        checkFamily(path.traddr, path.fabrics.adrfam, field);
        {
          checkFabrics(path.fabrics, `${field}.fabrics`);
          return;
        }
      default:
        throw invalidArgument(`${field}.trtype: SPDK attaches by PCIe, TCP or RDMA, not ${name}`);
    }
  },

  async create({ parent, object }, environment, field) {
    const attachment = attachmentOf(parent);
    const siblings = pathsOf(environment.store, parent?.name ?? "");
    const twin = siblings.find((sibling) => sameTarget(sibling.object as NvmePath, object));
    if (twin !== undefined) throw alreadyExists(`${field}.traddr: ${twin.name} leads there already`);
    if (siblings.length > 0 && attachment.controller.multipath === NvmeMultipath.NVME_MULTIPATH_DISABLE)
      throw failedPrecondition(
        `${parent?.name ?? ""} has the path ${siblings[0]?.name ?? ""} and multipath is NVME_MULTIPATH_DISABLE; update its multipath for more`,
      );
    return {
      steps: [...(await keySteps(attachment, environment)), ...attachSteps(attachment, object, environment)],
      state: () => ({}),
    };
  },

  async update(stored, desired, _changed, environment) {
    refuseWhileNamespacesAreUsed(environment.store, stored.parent, "moved to another path");
    const attachment = attachmentOf(environment.store.get(stored.parent));
    return {
      steps: [detachStep(attachment, stored.object, environment), ...attachSteps(attachment, desired, environment)],
    };
  },

  async remove(stored, environment) {
    const attachment = attachmentOf(environment.store.get(stored.parent));
    const isLast = pathsOf(environment.store, stored.parent).length === 1;
    if (isLast) refuseWhileNamespacesAreUsed(environment.store, stored.parent, "left without a path");
    const key = isLast ? keyOf(attachment, environment) : undefined;
    const steps: readonly Step[] = [detachStep(attachment, stored.object, environment), ...(key?.withdraw() ?? [])];
    return steps;
  },

  async rollBack({ parent, object }, environment) {
    const attachment = attachmentOf(environment.store.get(parent));
    const isOnly = pathsOf(environment.store, parent).length === 0;
    const key = isOnly ? keyOf(attachment, environment) : undefined;
    return [detachStep(attachment, object, environment), ...(key?.withdraw() ?? [])];
  },

  async settle(before, after, environment) {
    const attachment = attachmentOf(environment.store.get(before.parent));
    const siblings = pathsOf(environment.store, before.parent).filter(({ name }) => name !== before.name);
    const isSiblings = siblings.some(({ object }) => sameTarget(object as NvmePath, after.object));
    // The old one is attached again like any path that SPDK has lost.
    return { keep: before, steps: isSiblings ? [] : [detachStep(attachment, after.object, environment)] };
  },

  async inspect({ parent, object }, environment) {
    const attachment = attachmentOf(environment.store.get(parent));
    if (await isAttached(attachment, object, environment)) return WHOLE;
    return {
      found: "nothing",
      steps: async () => [
        ...(await keySteps(attachment, environment)),
        ...attachSteps(attachment, object, environment),
      ],
    };
  },

  observe: async ({ object }) => object,

  async bdevs(stored, environment) {
    if (pathsOf(environment.store, stored.parent).length > 1)
      throw failedPrecondition(
        `${stored.name} is one of several paths, and SPDK counts per namespace, not per path; ask for the counters of ${stored.parent}`,
      );
    const parent = environment.store.get(stored.parent);
    // The contract's pattern puts paths under remote controllers alone.
    return parent === undefined
      ? []
      : nvmeRemoteController.bdevs(parent as StoredObject<NvmeRemoteController, object>, environment, {});
  },
};

function checkFabrics(fabrics: FabricsPath, at: string): void {
  if (fabrics.trsvcid < 1n || fabrics.trsvcid > 65_535n)
    throw invalidArgument(`${at}.trsvcid: ${fabrics.trsvcid} is no port between 1 and 65535`);
  checkNqn(fabrics.subnqn, `${at}.subnqn`);
  if (fabrics.hostnqn !== "") checkNqn(fabrics.hostnqn, `${at}.hostnqn`);
  if (fabrics.sourceTraddr !== "") checkFamily(fabrics.sourceTraddr, fabrics.adrfam, `${at}.source`);
  if (fabrics.sourceTrsvcid < 0n || fabrics.sourceTrsvcid > 65_535n)
    throw invalidArgument(`${at}.source_trsvcid: ${fabrics.sourceTrsvcid} is not between 0 and 65535`);
}

function attachmentOf(parent: StoredObject | undefined): Attachment {
  if (parent === undefined) throw new TypeError("a path without its controller got past the checks");
  // The contract's pattern puts paths under remote controllers alone.
  return { id: parent.id, controller: parent.object as NvmeRemoteController };
}

function sameTarget(a: NvmePath, b: NvmePath): boolean {
  return (
    a.trtype === b.trtype &&
    a.traddr === b.traddr &&
    a.fabrics?.trsvcid === b.fabrics?.trsvcid &&
    a.fabrics?.subnqn === b.fabrics?.subnqn
  );
}
