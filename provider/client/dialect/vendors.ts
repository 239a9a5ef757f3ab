import { spdkBridge } from "./spdk-bridge";
import type { Dialect } from "./types";

// These three are read from the bridges' source, not recorded (AGENTS.md, "Vendor bridges"). All of them compile the
// reference bridge in for what they do not override, so what is true of it holds there too.

const noQos = "This vendor's bridge has no QoS volumes: set limits on the device, or in the fabric.";
const qosUnavailable = {
  create: noQos,
  get: noQos,
  update: noQos,
  delete: noQos,
  list: noQos,
  stats: noQos,
};
/** Missing parents are NOT_FOUND there; unknown controllers are UNKNOWN with words of the bridge's own. */
const unknownController = /(unable|could not|cannot) (to )?find (key|controller|subsystem)/i;
const pcieOnly = "This vendor's bridge has PCIe controllers only; leave out fabricsId and give pcieId.";

/** Intel's bridge: PCIe controllers and virtio-blk transports of its own, limits that can be updated. */
export const intel: Dialect = {
  ...spdkBridge,
  name: "intel",
  updates: { ...spdkBridge.updates, NvmeController: ["minLimit", "maxLimit"] },
  ignores: {
    ...spdkBridge.ignores,
    NvmeController: ["nvmeControllerId", "maxNsq", "maxNcq", "sqes", "cqes", "maxNamespaces"],
  },
  // Only limits for reads and writes apart exist there.
  refuses: {
    ...spdkBridge.refuses,
    NvmeController: Object.fromEntries(
      ["minLimit.rwIopsKiops", "minLimit.rwBandwidthMbs", "maxLimit.rwIopsKiops", "maxLimit.rwBandwidthMbs"].map(
        (path) => [path, "Intel's bridge limits reads and writes apart: give the rd… and wr… limits."],
      ),
    ),
  },
};

/** NVIDIA's bridge on SNAP: NVMe over PCIe and virtio-blk of its own. */
export const nvidia: Dialect = {
  ...spdkBridge,
  name: "nvidia",
  unavailable: {
    ...spdkBridge.unavailable,
    QosVolume: qosUnavailable,
    NvmeController: {
      ...spdkBridge.unavailable.NvmeController,
      update: "NVIDIA's bridge updates no NVMe objects: a change replaces them.",
    },
    NvmeNamespace: {
      ...spdkBridge.unavailable.NvmeNamespace,
      update: "NVIDIA's bridge updates no NVMe objects: a change replaces them.",
    },
    // Its virtio-blk counters work.
    VirtioBlk: { update: spdkBridge.unavailable.VirtioBlk?.update ?? "" },
  },
  reads: {
    ...spdkBridge.reads,
    NvmeController: ["nvmeControllerId"],
    NvmeNamespace: ["hostNsid"],
  },
  ignores: {
    ...spdkBridge.ignores,
    NvmeSubsystem: ["maxNamespaces", "hostnqn", "psk", "fruGuid"],
    NvmeController: [...(spdkBridge.ignores.NvmeController ?? []), "pcieId.portId", "pcieId.virtualFunction"],
    // It forwards uuid, nguid and eui64 (in decimal).
    NvmeNamespace: [],
  },
  refuses: { ...spdkBridge.refuses, NvmeController: { fabricsId: pcieOnly } },
  missing: [...spdkBridge.missing, unknownController],
  // Its lists never give a next page token. A page has 50 entries unless more are asked for; 250, which we ask for, is
  // the most.
  silentListCut: [250],
  // Its controller list is cut like the others, and does not go on for ever.
  endlessLists: {},
};

/** Marvell's bridge: NVMe over PCIe of its own. */
export const marvell: Dialect = {
  ...spdkBridge,
  name: "marvell",
  unavailable: {
    ...spdkBridge.unavailable,
    QosVolume: qosUnavailable,
    // Counters of controllers and namespaces work.
    NvmeController: {},
    NvmeNamespace: { update: "Marvell's bridge does not update namespaces: a change replaces them." },
  },
  reads: {
    ...spdkBridge.reads,
    NvmeSubsystem: ["nqn"],
    NvmeController: ["nvmeControllerId"],
    NvmeNamespace: ["nguid"],
  },
  updates: {
    ...spdkBridge.updates,
    NvmeController: ["maxNsq", "maxNcq", "maxNamespaces", "minLimit", "maxLimit"],
  },
  ignores: {
    ...spdkBridge.ignores,
    NvmeSubsystem: ["hostnqn", "psk", "fruGuid"],
    NvmeController: [],
    // It forwards uuid, nguid and eui64.
    NvmeNamespace: [],
  },
  refuses: { ...spdkBridge.refuses, NvmeController: { fabricsId: pcieOnly } },
  missing: [...spdkBridge.missing, unknownController],
  silentListCut: [250],
  endlessLists: {},
};
