import type { Kind, Stats } from "../kind";
import { nameOf } from "../kind";
import { referenceKinds } from "../kinds";
import { nvmeController, parentIn } from "../kinds/nvme-controller";
import { nvmeNamespace } from "../kinds/nvme-namespace";
import { assertNewNqn, nvmeSubsystem, specOf } from "../kinds/nvme-subsystem";
import { unknown } from "../status";
import { assertPcie, bareIds, subsystemAbove } from "./own-nvme";

/** Marvell's bridge: NVMe over PCIe of its own (AGENTS.md, "Vendor bridges"). */
const counters: Stats = { kind: "counters", read: () => ({ stats: { readOpsCount: 7, writeOpsCount: 3 } }) };

const subsystem: Kind = {
  ...nvmeSubsystem,
  validate: undefined,
  // Hosts and their keys stay behind.
  create: (bridge, { name, body }) => {
    assertNewNqn(bridge, specOf(body).nqn);
    return { ...body, name };
  },
  read: (_, stored) => ({ spec: { nqn: specOf(stored).nqn } }),
  remove: () => undefined,
  list: (bridge) => bareIds(bridge, "NvmeSubsystem"),
  cutsLists: true,
};

const controller: Kind = {
  ...nvmeController,
  validate: assertPcie,
  create: (bridge, { name, parent, body }) => {
    subsystemAbove(bridge, parent);
    return { ...body, name, spec: { ...specOf(body), nvmeControllerId: 1 }, status: { active: true } };
  },
  read: (_, stored) => ({ name: nameOf(stored), spec: { nvmeControllerId: specOf(stored).nvmeControllerId } }),
  update: {
    kind: "known objects",
    apply: (bridge, stored, body) => {
      const updated = { ...stored, spec: { ...specOf(body), nvmeControllerId: specOf(stored).nvmeControllerId } };
      bridge.memory.of("NvmeController").set(nameOf(stored), updated);
      return updated;
    },
  },
  remove: (bridge, stored) => subsystemAbove(bridge, parentIn(nameOf(stored))),
  list: (bridge) => bareIds(bridge, "NvmeController"),
  endlessList: undefined,
  cutsLists: true,
  vague: ["Get", "Stats", "Delete"],
  stats: counters,
};

const namespace: Kind = {
  ...nvmeNamespace,
  create: (bridge, { name, parent, body }) => {
    subsystemAbove(bridge, parent);
    // The number that is assigned is not kept.
    return { ...body, name };
  },
  read: (bridge, stored) => {
    subsystemAbove(bridge, parentIn(nameOf(stored)));
    return { name: nameOf(stored), spec: { nguid: specOf(stored).nguid } };
  },
  update: { kind: "unimplemented" },
  remove: (bridge, stored) => {
    subsystemAbove(bridge, parentIn(nameOf(stored)));
    if (specOf(stored).hostNsid === 0) throw unknown("namespace 0 cannot be detached");
  },
  list: (bridge, { parent }) => {
    subsystemAbove(bridge, String(parent));
    return bareIds(bridge, "NvmeNamespace");
  },
  cutsLists: true,
  stats: counters,
};

export const marvellKinds: readonly Kind[] = [
  subsystem,
  controller,
  namespace,
  ...referenceKinds.filter(({ noun }) => noun !== "QosVolume"),
];
