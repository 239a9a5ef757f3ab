import { psk } from "../keys";
import type { Surroundings, TypeCase, Values } from "./case";

const nqn = (name: string): string => `nqn.2014-08.org.example:${name}`;

/** All rates below a path, for limits that SPDK does not have. */
const rates = (path: string): Values =>
  Object.fromEntries(
    ["rdIopsKiops", "wrIopsKiops", "rwIopsKiops", "rdBandwidthMbs", "wrBandwidthMbs", "rwBandwidthMbs"].map((rate) => [
      `${path}.${rate}`,
      1,
    ]),
  );

const noDeviceLimits = {
  refused: { ...rates("minLimit"), ...rates("maxLimit") },
  refusals: {
    minLimit: "SPDK limits volumes, not controllers: use a QosVolume",
    maxLimit: "SPDK limits volumes, not controllers: use a QosVolume",
  },
} as const;

/** A host sees one device at a function: another function means that both can be there. */
const otherFunction = {
  "pcieId.portId": { to: { "pcieId.portId": 1 }, order: "create first" },
  "pcieId.physicalFunction": { to: { "pcieId.physicalFunction": 9 }, order: "create first" },
  "pcieId.virtualFunction": {
    to: (_: unknown, n: number) => ({ "pcieId.virtualFunction": 100 + n }),
    order: "create first",
  },
} as const;

const nvmeSubsystem: TypeCase = {
  noun: "NvmeSubsystem",
  base: (_, n) => ({ nqn: nqn(`subsystem-${n}`) }),
  updates: {
    hostnqn: { from: { hostnqn: nqn("host-a") }, to: { hostnqn: nqn("host-b") } },
    psk: { from: { hostnqn: nqn("host"), psk: psk("host before") }, to: { psk: psk("host after") } },
  },
  replacements: {
    nqn: { to: (_, n) => ({ nqn: nqn(`other-${n}`) }), order: "create first" },
    serialNumber: { from: { serialNumber: "OPI1" }, to: { serialNumber: "OPI2" }, order: "delete first" },
    modelNumber: { from: { modelNumber: "Model 1" }, to: { modelNumber: "Model 2" }, order: "delete first" },
    maxNamespaces: { from: { maxNamespaces: 8 }, to: { maxNamespaces: 16 }, order: "delete first" },
    resourceId: { from: { resourceId: "subsys-one" }, to: { resourceId: "subsys-two" }, order: "delete first" },
  },
};

const fabrics = (n: number): Values => ({
  trtype: "NVME_TRANSPORT_TYPE_TCP",
  pcieId: undefined,
  fabricsId: { traddr: "127.0.0.1", trsvcid: String(4420 + n), adrfam: "NVME_ADDRESS_FAMILY_IPV4" },
});

const nvmeController: TypeCase = {
  noun: "NvmeController",
  base: (around, n) => ({
    nvmeSubsystem: around.subsystem("shared"),
    trtype: "NVME_TRANSPORT_TYPE_PCIE",
    pcieId: { portId: 0, physicalFunction: 0, virtualFunction: n },
  }),
  updates: {
    maxNsq: { to: { maxNsq: 16 } },
    maxNcq: { from: { maxNcq: 8 }, to: { maxNcq: 16 } },
    maxNamespaces: { from: { maxNamespaces: 8 }, to: { maxNamespaces: 16 } },
  },
  replacements: {
    nvmeSubsystem: { to: (around) => ({ nvmeSubsystem: around.subsystem("other") }), order: "delete first" },
    nvmeControllerId: {
      from: (_, n) => ({ nvmeControllerId: n }),
      to: (_, n) => ({ nvmeControllerId: 1000 + n }),
      order: "delete first",
    },
    trtype: { to: (_, n) => fabrics(n), order: "create first" },
    ...otherFunction,
    "fabricsId.traddr": { from: (_, n) => fabrics(n), to: { "fabricsId.traddr": "127.0.0.2" }, order: "create first" },
    "fabricsId.trsvcid": { from: (_, n) => fabrics(n), to: { "fabricsId.trsvcid": "5000" }, order: "create first" },
    "fabricsId.adrfam": {
      from: (_, n) => fabrics(n),
      to: { "fabricsId.traddr": "::1", "fabricsId.adrfam": "NVME_ADDRESS_FAMILY_IPV6" },
      order: "create first",
    },
    sqes: { to: { sqes: 6 }, order: "delete first" },
    cqes: { to: { cqes: 4 }, order: "delete first" },
    resourceId: { from: { resourceId: "ctrl-one" }, to: { resourceId: "ctrl-two" }, order: "delete first" },
  },
  ...noDeviceLimits,
};

const nvmeNamespace: TypeCase = {
  noun: "NvmeNamespace",
  base: (around, n) => ({ nvmeSubsystem: around.subsystem("shared"), volumeNameRef: around.volume(`base-${n}`) }),
  updates: {},
  // A volume is one namespace at most, so the old one goes first whatever else is new.
  replacements: {
    nvmeSubsystem: { to: (around) => ({ nvmeSubsystem: around.subsystem("other") }), order: "delete first" },
    // Above what the agent assigns to the namespaces beside it, which may come first.
    hostNsid: { from: (_, n) => ({ hostNsid: n + 12 }), to: (_, n) => ({ hostNsid: n + 20 }), order: "delete first" },
    nguid: {
      from: { nguid: "0123456789abcdef0123456789abcdef" },
      to: { nguid: "fedcba9876543210fedcba9876543210" },
      order: "delete first",
    },
    eui64: { from: { eui64: "0123456789abcdef" }, to: { eui64: "fedcba9876543210" }, order: "delete first" },
    uuid: {
      from: { uuid: "11111111-0000-4000-8000-000000000001" },
      to: { uuid: "22222222-0000-4000-8000-000000000002" },
      order: "delete first",
    },
    volumeNameRef: { to: (around, n) => ({ volumeNameRef: around.volume(`other-${n}`) }), order: "create first" },
    resourceId: { from: { resourceId: "ns-one" }, to: { resourceId: "ns-two" }, order: "delete first" },
  },
};

export const nvmeCases = [nvmeSubsystem, nvmeController, nvmeNamespace];

const virtioBlk: TypeCase = {
  noun: "VirtioBlk",
  base: (around, n) => ({
    pcieId: { portId: 0, physicalFunction: 1, virtualFunction: n },
    volumeNameRef: around.volume(`base-${n}`),
  }),
  updates: {
    maxIoQps: { from: { maxIoQps: 2 }, to: { maxIoQps: 4 } },
    "maxLimit.rwIopsKiops": { from: { "maxLimit.rwIopsKiops": 10 }, to: { "maxLimit.rwIopsKiops": 20 } },
    "maxLimit.rdBandwidthMbs": { to: { "maxLimit.rdBandwidthMbs": 30 } },
    "maxLimit.wrBandwidthMbs": { from: { "maxLimit.wrBandwidthMbs": 40 }, to: { "maxLimit.wrBandwidthMbs": 50 } },
    "maxLimit.rwBandwidthMbs": { from: { "maxLimit.rwBandwidthMbs": 60 }, to: { "maxLimit.rwBandwidthMbs": 70 } },
  },
  replacements: {
    ...otherFunction,
    volumeNameRef: { to: (around, n) => ({ volumeNameRef: around.volume(`other-${n}`) }), order: "delete first" },
    resourceId: { from: { resourceId: "blk-one" }, to: { resourceId: "blk-two" }, order: "delete first" },
  },
  refused: { ...rates("minLimit"), "maxLimit.rdIopsKiops": 1, "maxLimit.wrIopsKiops": 1 },
  refusals: {
    minLimit: "SPDK cannot promise rates, only limit them: use an upper limit",
    "maxLimit.rdIopsKiops": "SPDK limits reads and writes together only: use rw_iops_kiops",
    "maxLimit.wrIopsKiops": "SPDK limits reads and writes together only: use rw_iops_kiops",
  },
};

const virtioScsiTarget: TypeCase = {
  noun: "VirtioScsiTarget",
  base: () => ({}),
  updates: { maxLuns: { from: { maxLuns: 2 }, to: { maxLuns: 4 } } },
  replacements: {
    resourceId: { from: { resourceId: "target-one" }, to: { resourceId: "target-two" }, order: "create first" },
  },
};

const virtioScsiController: TypeCase = {
  noun: "VirtioScsiController",
  base: (_, n) => ({ pcieId: { portId: 0, physicalFunction: 2, virtualFunction: n } }),
  updates: {},
  replacements: {
    ...otherFunction,
    resourceId: { from: { resourceId: "scsi-one" }, to: { resourceId: "scsi-two" }, order: "delete first" },
  },
  ...noDeviceLimits,
};

const lunOn = (label: string) => (around: Surroundings) => ({ targetNameRef: around.scsiTarget(label) });

const virtioScsiLun: TypeCase = {
  noun: "VirtioScsiLun",
  base: (around, n) => ({ ...lunOn("shared")(around), volumeNameRef: around.volume(`base-${n}`) }),
  updates: {},
  replacements: {
    targetNameRef: { to: lunOn("other"), order: "create first" },
    volumeNameRef: { to: (around, n) => ({ volumeNameRef: around.volume(`other-${n}`) }), order: "create first" },
    resourceId: { from: { resourceId: "lun-one" }, to: { resourceId: "lun-two" }, order: "create first" },
  },
};

export const virtioCases = [virtioBlk, virtioScsiTarget, virtioScsiController, virtioScsiLun];
