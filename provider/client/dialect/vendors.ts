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
const pcieNvme = { ...spdkBridge.accepts, NvmeController: { trtype: ["NVME_TRANSPORT_TYPE_PCIE"] } };
const pcieOnly = "This vendor's bridge has PCIe controllers only; leave out fabricsId and give pcieId.";

/** By their own code, so that the reference's limits do not hold, nor SPDK's commands. */
const { NvmeSubsystem: _notInSpdk, ...removal } = spdkBridge.removal;
const ownNvme = { patterns: {}, caveats: {}, removal, standsFor: {} };

/** Intel's bridge: PCIe controllers and virtio-blk transports of its own, limits that can be updated. */
export const intel: Dialect = {
  ...spdkBridge,
  name: "intel",
  updates: { ...spdkBridge.updates, NvmeController: ["minLimit", "maxLimit"] },
  ignores: {
    ...spdkBridge.ignores,
    NvmeController: ["nvmeControllerId", "maxNsq", "maxNcq", "sqes", "cqes", "maxNamespaces"],
  },
  // Port 0 and function 0, any virtual function; virtio-blk on any function.
  accepts: {
    ...spdkBridge.accepts,
    NvmeController: {
      trtype: spdkBridge.accepts.NvmeController?.trtype ?? [],
      "pcieId.portId": [0],
      "pcieId.physicalFunction": [0],
    },
    VirtioBlk: { "pcieId.portId": [0] },
  },
  // Its PCIe controllers need no QEMU.
  caveats: {},
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
  ...ownNvme,
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
    NvmeController: ["pcieId.portId", "pcieId.virtualFunction"],
    VirtioBlk: [...(spdkBridge.ignores.VirtioBlk ?? []), "pcieId.portId", "pcieId.virtualFunction"],
    // It forwards uuid, nguid and eui64.
    NvmeNamespace: [],
  },
  accepts: { ...pcieNvme, VirtioBlk: {} },
  caveats: {
    NvmeNamespace: [
      {
        property: "",
        when: "always",
        text:
          "NVIDIA's bridge makes namespaces only where the subsystem has a controller already, and attaches them to " +
          "its first one: let the namespace depend on the controller (dependsOn)",
      },
      {
        property: "eui64",
        when: "given",
        text: "NVIDIA's bridge hands it on in decimal digits: look on the host whether it is the one you mean",
      },
    ],
  },
  // No list of its NVMe objects names them.
  namelessLists: { ...spdkBridge.namelessLists, NvmeController: true },
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
  ...ownNvme,
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
  accepts: pcieNvme,
  caveats: {
    NvmeNamespace: [
      {
        property: "",
        when: "always",
        text:
          "Marvell's bridge attaches a namespace to the controllers that are there when it is made: let it depend on " +
          "the controllers (dependsOn)",
      },
      {
        property: "hostNsid",
        when: "absent",
        text: "Marvell's bridge forgets the number that it assigns, and cannot delete the namespace then: give hostNsid",
      },
    ],
  },
  refuses: { ...spdkBridge.refuses, NvmeController: { fabricsId: pcieOnly } },
  missing: [...spdkBridge.missing, unknownController],
  // Its own lists give bare ids.
  namelessLists: { NvmePath: true, VirtioScsiLun: true },
  silentListCut: [250],
  endlessLists: {},
};
