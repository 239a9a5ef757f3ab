import type { OpType } from "@pulumi/pulumi/automation";
import { closeSync, ftruncateSync, openSync } from "node:fs";
import { join } from "node:path";
import type { RemoteTarget } from "../../../agent/simulator";
import { psk, xtsKey } from "../../dynamic/keys";

type Inputs = Readonly<Record<string, unknown>>;

/** What a life stands on: other resources' names, by label, and files on the DPU. */
export interface Ground {
  volume(label: string): unknown;
  subsystem(label: string): unknown;
  /** The name of what another life is about. */
  made(life: string): unknown;
  file(label: string): string;
}

/** One resource on a bridge, and what becomes of it when its inputs change. */
export interface Life {
  readonly name: string;
  readonly noun: string;
  readonly before: (ground: Ground) => Inputs;
  readonly after?: (ground: Ground) => Inputs;
  /** What the change comes to; nothing when it leaves it as it is. */
  readonly steps?: readonly OpType[];
  readonly replaceKeys?: readonly string[];
}

const createFirst: readonly OpType[] = ["create-replacement", "replace", "delete-replaced"];
const deleteFirst = createFirst.toReversed();

const nqn = (name: string): string => `nqn.2014-08.org.example:${name}`;
const small = { blockSize: 512, blocksCount: 2048 };
const tcp = (trsvcid: string): Inputs => ({
  trtype: "tcp",
  fabricsId: { traddr: "127.0.0.1", trsvcid, adrfam: "ipv4" },
});
const pcie = (physicalFunction: number): Inputs => ({
  pcieId: { portId: 0, physicalFunction, virtualFunction: 0 },
});
const path = (life: string, trsvcid: number): Inputs => ({
  trtype: "tcp",
  traddr: "192.0.2.1",
  fabrics: { trsvcid, subnqn: nqn(life), adrfam: "ipv4" },
});

/** Every type that the bridge has, with all that it can do: all but QoS limits replaces. */
export const lives: readonly Life[] = [
  {
    name: "null-grows",
    noun: "NullVolume",
    before: () => small,
    after: () => ({ ...small, blocksCount: 4096 }),
    steps: createFirst,
    replaceKeys: ["blocksCount"],
  },
  {
    name: "null-keeps-its-id",
    noun: "NullVolume",
    before: () => ({ ...small, resourceId: "null-kept" }),
    after: () => ({ ...small, resourceId: "null-kept", blockSize: 4096 }),
    steps: deleteFirst,
    replaceKeys: ["blockSize"],
  },
  { name: "null-stays", noun: "NullVolume", before: () => small },
  {
    name: "malloc-blocks",
    noun: "MallocVolume",
    before: () => small,
    after: () => ({ ...small, blockSize: 4096 }),
    steps: createFirst,
    replaceKeys: ["blockSize"],
  },
  {
    name: "aio-file",
    noun: "AioVolume",
    before: ({ file }) => ({ filename: file("first") }),
    after: ({ file }) => ({ filename: file("second") }),
    steps: createFirst,
    replaceKeys: ["filename"],
  },
  {
    name: "crypt-key",
    noun: "EncryptedVolume",
    before: ({ volume }) => ({ volumeNameRef: volume("crypt"), cipher: "aes_xts_256", key: xtsKey("before") }),
    after: ({ volume }) => ({ volumeNameRef: volume("crypt"), cipher: "aes_xts_256", key: xtsKey("after") }),
    steps: deleteFirst,
    replaceKeys: ["key"],
  },
  {
    name: "qos-limits",
    noun: "QosVolume",
    before: ({ volume }) => ({ volumeNameRef: volume("qos"), limits: { max: { rwBandwidthMbs: 100 } } }),
    after: ({ volume }) => ({
      volumeNameRef: volume("qos"),
      limits: { max: { rwBandwidthMbs: 200, rwIopsKiops: 5 } },
    }),
    steps: ["update"],
  },
  {
    name: "qos-volume",
    noun: "QosVolume",
    before: ({ volume }) => ({ volumeNameRef: volume("qos-one"), limits: { max: { rdBandwidthMbs: 10 } } }),
    after: ({ volume }) => ({ volumeNameRef: volume("qos-two"), limits: { max: { rdBandwidthMbs: 10 } } }),
    steps: createFirst,
    replaceKeys: ["volumeNameRef"],
  },
  {
    name: "subsystem-serial",
    noun: "NvmeSubsystem",
    before: () => ({ nqn: nqn("serial"), serialNumber: "OPI1", modelNumber: "Model", maxNamespaces: 8 }),
    after: () => ({ nqn: nqn("serial"), serialNumber: "OPI2", modelNumber: "Model", maxNamespaces: 8 }),
    steps: deleteFirst,
    replaceKeys: ["serialNumber"],
  },
  {
    name: "subsystem-host",
    noun: "NvmeSubsystem",
    before: () => ({ nqn: nqn("guarded"), hostnqn: nqn("host-a"), psk: psk("one") }),
    after: () => ({ nqn: nqn("guarded"), hostnqn: nqn("host-b"), psk: psk("one") }),
    steps: deleteFirst,
    replaceKeys: ["hostnqn"],
  },
  {
    name: "controller-port",
    noun: "NvmeController",
    before: ({ subsystem }) => ({ nvmeSubsystem: subsystem("shared"), ...tcp("4420") }),
    after: ({ subsystem }) => ({ nvmeSubsystem: subsystem("shared"), ...tcp("4421") }),
    steps: createFirst,
    replaceKeys: ["fabricsId.trsvcid"],
  },
  {
    name: "namespace-number",
    noun: "NvmeNamespace",
    before: ({ subsystem, volume }) => ({
      nvmeSubsystem: subsystem("shared"),
      volumeNameRef: volume("number"),
      hostNsid: 7,
    }),
    after: ({ subsystem, volume }) => ({
      nvmeSubsystem: subsystem("shared"),
      volumeNameRef: volume("number"),
      hostNsid: 8,
    }),
    steps: deleteFirst,
    replaceKeys: ["hostNsid"],
  },
  {
    name: "namespace-volume",
    noun: "NvmeNamespace",
    before: ({ subsystem, volume }) => ({ nvmeSubsystem: subsystem("shared"), volumeNameRef: volume("ns-one") }),
    after: ({ subsystem, volume }) => ({ nvmeSubsystem: subsystem("shared"), volumeNameRef: volume("ns-two") }),
    steps: deleteFirst,
    replaceKeys: ["volumeNameRef"],
  },
  // What a reference to a QoS volume means is the volume that it limits.
  {
    name: "namespace-on-qos",
    noun: "NvmeNamespace",
    before: ({ subsystem, made }) => ({ nvmeSubsystem: subsystem("shared"), volumeNameRef: made("qos-limits") }),
  },
  {
    name: "blk-function",
    noun: "VirtioBlk",
    before: ({ volume }) => ({ ...pcie(1), volumeNameRef: volume("blk") }),
    after: ({ volume }) => ({ ...pcie(2), volumeNameRef: volume("blk") }),
    steps: createFirst,
    replaceKeys: ["pcieId.physicalFunction"],
  },
  {
    name: "scsi-function",
    noun: "VirtioScsiController",
    before: () => pcie(3),
    after: () => pcie(4),
    steps: createFirst,
    replaceKeys: ["pcieId.physicalFunction"],
  },
  // A logical unit lives on the controller of its own id.
  {
    name: "scsi-with-lun",
    noun: "VirtioScsiController",
    before: () => ({ ...pcie(5), resourceId: "scsi-with-lun" }),
  },
  {
    name: "remote-multipath",
    noun: "NvmeRemoteController",
    before: () => ({ multipath: "disable" }),
    after: () => ({ multipath: "failover" }),
    steps: createFirst,
    replaceKeys: ["multipath"],
  },
  {
    name: "remote-stays",
    noun: "NvmeRemoteController",
    before: () => ({ multipath: "failover", tcp: { hdgst: true } }),
  },
  {
    name: "path-port",
    noun: "NvmePath",
    before: ({ made }) => ({ nvmeRemoteController: made("remote-stays"), ...path("path-port", 4420) }),
    after: ({ made }) => ({ nvmeRemoteController: made("remote-stays"), ...path("path-port", 4421) }),
    steps: deleteFirst,
    replaceKeys: ["fabrics.trsvcid"],
  },
];

/** A logical unit, which needs its controller to be there: the reference says so to the engine, not to the bridge. */
export const lun: Life = {
  name: "lun-volume",
  noun: "VirtioScsiLun",
  before: ({ volume }) => ({ volumeNameRef: volume("lun-one") }),
  after: ({ volume }) => ({ volumeNameRef: volume("lun-two") }),
  steps: deleteFirst,
  replaceKeys: ["volumeNameRef"],
};

/** Where the paths of the lives lead. */
export const remotes: readonly RemoteTarget[] = ["4420", "4421"].map((trsvcid) => ({
  trtype: "TCP",
  traddr: "192.0.2.1",
  trsvcid,
  subnqn: nqn("path-port"),
  namespaces: [{ nsid: 1, blockSize: 512, blocksCount: 2048 }],
}));

/** Files of a megabyte in a folder, as they are asked for. */
export function filesIn(folder: string): Ground["file"] {
  return (label) => {
    const name = join(folder, label);
    const file = openSync(name, "a");
    ftruncateSync(file, 1 << 20);
    closeSync(file);
    return name;
  };
}
