import type { Kind } from "../kind";
import { nameOf } from "../kind";
import { referenceKinds } from "../kinds";
import { nvmeController, parentIn } from "../kinds/nvme-controller";
import { nvmeNamespace } from "../kinds/nvme-namespace";
import { assertNewNqn, nvmeSubsystem, specOf } from "../kinds/nvme-subsystem";
import { virtioBlk } from "../kinds/virtio-blk";
import { unknown } from "../status";
import { assertPcie, controllersOf, nameless, subsystemAbove } from "./own-nvme";

/** NVIDIA's bridge on SNAP: NVMe and virtio-blk of its own (AGENTS.md, "Vendor bridges"). */
const subsystem: Kind = {
  ...nvmeSubsystem,
  validate: undefined,
  // Neither the hosts nor the number of namespaces go to SNAP.
  create: (bridge, { name, body }) => {
    assertNewNqn(bridge, specOf(body).nqn);
    return { ...body, name, status: { firmwareRevision: "TBD" } };
  },
  read: (_, stored) => {
    const { nqn, serialNumber, modelNumber } = specOf(stored);
    return { spec: { nqn, serialNumber, modelNumber } };
  },
  remove: () => undefined,
  list: (bridge) => nameless(bridge, "NvmeSubsystem"),
  cutsLists: true,
};

const controller: Kind = {
  ...nvmeController,
  validate: assertPcie,
  // The physical function is all that counts of the address.
  create: (bridge, { name, parent, body }) => {
    subsystemAbove(bridge, parent);
    const nvmeControllerId = controllersOf(bridge, parent).length;
    return { ...body, name, spec: { ...specOf(body), nvmeControllerId }, status: { active: true } };
  },
  read: (_, stored) => ({ spec: { nvmeControllerId: specOf(stored).nvmeControllerId } }),
  update: { kind: "unimplemented" },
  remove: (bridge, stored) => subsystemAbove(bridge, parentIn(nameOf(stored))),
  list: (bridge) => nameless(bridge, "NvmeController"),
  endlessList: undefined,
  cutsLists: true,
  vague: ["Delete"],
};

const namespace: Kind = {
  ...nvmeNamespace,
  create: (bridge, { name, parent, body }) => {
    subsystemAbove(bridge, parent);
    // Always on controller 0, which must be there.
    if (controllersOf(bridge, parent).length === 0) throw unknown("unable to find controller 0");
    const given = specOf(body).hostNsid;
    const hostNsid = given === 0 ? bridge.memory.of("NvmeNamespace").size + 1 : given;
    return { ...body, name, spec: { ...specOf(body), hostNsid } };
  },
  read: (bridge, stored) => {
    subsystemAbove(bridge, parentIn(nameOf(stored)));
    return { spec: { hostNsid: specOf(stored).hostNsid } };
  },
  update: { kind: "unimplemented" },
  remove: (bridge, stored) => subsystemAbove(bridge, parentIn(nameOf(stored))),
  list: (bridge, { parent }) => {
    subsystemAbove(bridge, String(parent));
    return nameless(bridge, "NvmeNamespace");
  },
  cutsLists: true,
};

const blk: Kind = {
  ...virtioBlk,
  create: (_, { name, body }) => ({ ...body, name }),
  read: (_, stored) => ({ name: stored.name }),
  remove: () => undefined,
  list: (bridge) => nameless(bridge, "VirtioBlk"),
  cutsLists: true,
  stats: { kind: "counters", read: () => ({ stats: { readOpsCount: 7, writeOpsCount: 3 } }) },
};

export const nvidiaKinds: readonly Kind[] = [
  subsystem,
  controller,
  namespace,
  blk,
  ...referenceKinds.filter(({ noun }) => noun !== "QosVolume"),
];
