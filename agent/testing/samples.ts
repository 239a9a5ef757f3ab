import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { REMOTE_NQN } from "../default-remotes";
import { EncryptionType, NvmeAddressFamily, NvmeTransportType } from "../../provider/wire/opi_api/storage/v1/opicommon";
import { NvmeMultipath } from "../../provider/wire/opi_api/storage/v1/backend_nvme";
import { PSK, type AgentUnderTest } from "./agent-under-test";

/** Where samples put the files that they need. */
export type Place = Pick<AgentUnderTest, "folder">;

/** A call that must come first. */
export type Preparation = readonly [method: string, request: object];

/** One object of each type, with what it needs around it and what may change in it. */
export interface Sample {
  /** As in method names: `NullVolume`. */
  readonly noun: string;
  /** Field that holds the object in requests, as generated code calls it. */
  readonly field: string;
  readonly name: string;
  readonly id: string;
  readonly parent?: string;
  readonly needs: (agent: Place) => readonly Preparation[];
  readonly object: (agent: Place) => object;
  /** Whether SPDK counts its I/O by itself; only one of several paths has no counters. */
  readonly countsAlone: boolean;
  /** Changes that work, with the paths they are asked by. */
  readonly updates: readonly (readonly [paths: readonly string[], change: object])[];
  /** Paths that must not change, with another value. */
  readonly immutable: readonly (readonly [path: string, change: object])[];
}

const none = (): readonly Preparation[] => [];
export const UUID = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";
export const HOST_NQN = "nqn.2014-08.org.nvmexpress:uuid:feb98abe-d51f-40c8-b348-2753f3571d3c";
export const OTHER_HOST_NQN = "nqn.2014-08.org.nvmexpress:uuid:feb98abe-d51f-40c8-b348-2753f3571d3d";
export const XTS_256_KEY = Buffer.from(Array.from({ length: 64 }, (_, at) => at));

const base: Preparation = [
  "CreateMallocVolume",
  { mallocVolumeId: "base", mallocVolume: { blockSize: 512n, blocksCount: 2048n } },
];
const subsystem = (psk: boolean): Preparation => [
  "CreateNvmeSubsystem",
  {
    nvmeSubsystemId: "subsys",
    nvmeSubsystem: {
      spec: { nqn: "nqn.2024-01.com.example:subsys", ...(psk ? { hostnqn: HOST_NQN, psk: Buffer.from(PSK) } : {}) },
    },
  },
];
export const endpoint = (virtualFunction: number): object => ({ portId: 0, physicalFunction: 0, virtualFunction });
const remote = (tcp: object): Preparation => [
  "CreateNvmeRemoteController",
  {
    nvmeRemoteControllerId: "remote",
    nvmeRemoteController: { multipath: NvmeMultipath.NVME_MULTIPATH_MULTIPATH, tcp },
  },
];
export const path = (traddr: string): object => ({
  trtype: NvmeTransportType.NVME_TRANSPORT_TYPE_TCP,
  traddr,
  fabrics: { trsvcid: 4420n, subnqn: REMOTE_NQN, adrfam: NvmeAddressFamily.NVME_ADDRESS_FAMILY_IPV4 },
});
const limit = (rwIopsKiops: bigint): object => ({ rwIopsKiops, rwBandwidthMbs: 10n });

export const tcpController: object = {
  spec: {
    trtype: NvmeTransportType.NVME_TRANSPORT_TYPE_TCP,
    fabricsId: { traddr: "127.0.0.1", trsvcid: "4420", adrfam: NvmeAddressFamily.NVME_ADDRESS_FAMILY_IPV4 },
    maxNsq: 4,
    sqes: 6,
    cqes: 4,
  },
};

export const samples: Readonly<Record<string, Sample>> = {
  "a null volume": {
    noun: "NullVolume",
    field: "nullVolume",
    name: "nullVolumes/sample",
    id: "sample",
    countsAlone: true,
    needs: none,
    object: () => ({ blockSize: 512n, blocksCount: 2048n, uuid: UUID }),
    updates: [[["blocks_count"], { blocksCount: 4096n }]],
    immutable: [
      ["block_size", { blockSize: 4096n }],
      ["uuid", { uuid: "1b4e28ba-2fa1-41d2-883f-0016d3cca428" }],
    ],
  },
  "a malloc volume": {
    noun: "MallocVolume",
    field: "mallocVolume",
    name: "mallocVolumes/sample",
    id: "sample",
    countsAlone: true,
    needs: none,
    object: () => ({ blockSize: 512n, blocksCount: 2048n, metadataSize: 8n, uuid: UUID }),
    updates: [],
    immutable: [
      ["blocks_count", { blocksCount: 4096n }],
      ["metadata_size", { metadataSize: 16n }],
    ],
  },
  "an aio volume": {
    noun: "AioVolume",
    field: "aioVolume",
    name: "aioVolumes/sample",
    id: "sample",
    countsAlone: true,
    needs: none,
    object: ({ folder }) => {
      const filename = join(folder, "aio.img");
      writeFileSync(filename, Buffer.alloc(1024 * 1024));
      return { blockSize: 512n, blocksCount: 2048n, filename };
    },
    updates: [],
    immutable: [
      ["filename", { filename: "/other" }],
      ["block_size", { blockSize: 4096n }],
    ],
  },
  "an encrypted volume": {
    noun: "EncryptedVolume",
    field: "encryptedVolume",
    name: "encryptedVolumes/sample",
    id: "sample",
    countsAlone: true,
    needs: () => [base],
    object: () => ({
      volumeNameRef: "mallocVolumes/base",
      cipher: EncryptionType.ENCRYPTION_TYPE_AES_XTS_256,
      key: XTS_256_KEY,
    }),
    updates: [],
    immutable: [
      ["key", { key: Buffer.alloc(64, 7) }],
      ["cipher", { cipher: EncryptionType.ENCRYPTION_TYPE_AES_XTS_128 }],
      ["volume_name_ref", { volumeNameRef: "base" }],
    ],
  },
  "a QoS volume": {
    noun: "QosVolume",
    field: "qosVolume",
    name: "qosVolumes/sample",
    id: "sample",
    countsAlone: true,
    needs: () => [base],
    object: () => ({ volumeNameRef: "mallocVolumes/base", limits: { max: limit(3n) } }),
    updates: [[["limits.max.rw_iops_kiops"], { limits: { max: { rwIopsKiops: 5n } } }]],
    immutable: [["volume_name_ref", { volumeNameRef: "base" }]],
  },
  "an NVMe subsystem": {
    noun: "NvmeSubsystem",
    field: "nvmeSubsystem",
    name: "nvmeSubsystems/sample",
    id: "sample",
    countsAlone: true,
    needs: none,
    object: () => ({
      spec: {
        nqn: "nqn.2024-01.com.example:sample",
        serialNumber: "S1",
        modelNumber: "Model one",
        maxNamespaces: 8n,
        hostnqn: HOST_NQN,
        psk: Buffer.from(PSK),
      },
    }),
    updates: [
      [["spec.hostnqn"], { spec: { hostnqn: OTHER_HOST_NQN } }],
      [["spec.hostnqn", "spec.psk"], { spec: {} }],
    ],
    immutable: [
      ["spec.nqn", { spec: { nqn: "nqn.2024-01.com.example:other" } }],
      ["spec.serial_number", { spec: { serialNumber: "S2" } }],
      ["spec.max_namespaces", { spec: { maxNamespaces: 9n } }],
    ],
  },
  "an NVMe controller on TCP": {
    noun: "NvmeController",
    field: "nvmeController",
    name: "nvmeSubsystems/subsys/nvmeControllers/sample",
    id: "sample",
    countsAlone: true,
    parent: "nvmeSubsystems/subsys",
    needs: () => [subsystem(true)],
    object: () => tcpController,
    updates: [[["spec.max_nsq", "spec.max_ncq"], { spec: { maxNsq: 8, maxNcq: 8 } }]],
    immutable: [["spec.fabrics_id.trsvcid", { spec: { fabricsId: { trsvcid: "4421" } } }]],
  },
  "an NVMe controller on PCIe": {
    noun: "NvmeController",
    field: "nvmeController",
    name: "nvmeSubsystems/subsys/nvmeControllers/sample",
    id: "sample",
    countsAlone: true,
    parent: "nvmeSubsystems/subsys",
    needs: () => [subsystem(false)],
    object: () => ({
      spec: { trtype: NvmeTransportType.NVME_TRANSPORT_TYPE_PCIE, pcieId: endpoint(1), nvmeControllerId: 0 },
    }),
    updates: [[["spec.max_namespaces"], { spec: { maxNamespaces: 4 } }]],
    immutable: [["spec.pcie_id.virtual_function", { spec: { pcieId: endpoint(2) } }]],
  },
  "an NVMe namespace": {
    noun: "NvmeNamespace",
    field: "nvmeNamespace",
    name: "nvmeSubsystems/subsys/nvmeNamespaces/sample",
    id: "sample",
    countsAlone: true,
    parent: "nvmeSubsystems/subsys",
    needs: () => [subsystem(false), base],
    object: () => ({
      spec: {
        hostNsid: 5,
        volumeNameRef: "mallocVolumes/base",
        nguid: "1b4e28ba2fa111d2883f0016d3cca427",
        eui64: -2n,
        uuid: UUID,
      },
    }),
    updates: [],
    immutable: [
      ["spec.host_nsid", { spec: { hostNsid: 6 } }],
      ["spec.eui64", { spec: { eui64: 1n } }],
    ],
  },
  "a virtio-blk device": {
    noun: "VirtioBlk",
    field: "virtioBlk",
    name: "virtioBlks/sample",
    id: "sample",
    countsAlone: true,
    needs: () => [base],
    object: () => ({ pcieId: endpoint(0), volumeNameRef: "base", maxIoQps: 2n, maxLimit: limit(3n) }),
    updates: [
      [["max_limit"], { maxLimit: { rwBandwidthMbs: 20n } }],
      [["max_limit"], {}],
      [["max_io_qps"], { maxIoQps: 8n }],
    ],
    immutable: [["pcie_id.port_id", { pcieId: { ...endpoint(0), portId: 1 } }]],
  },
  "a virtio-scsi target": {
    noun: "VirtioScsiTarget",
    field: "virtioScsiTarget",
    name: "virtioScsiTargets/sample",
    id: "sample",
    countsAlone: true,
    needs: none,
    object: () => ({ maxLuns: 2 }),
    updates: [[["max_luns"], { maxLuns: 4 }]],
    immutable: [],
  },
  "a virtio-scsi controller": {
    noun: "VirtioScsiController",
    field: "virtioScsiController",
    name: "virtioScsiControllers/sample",
    id: "sample",
    countsAlone: true,
    needs: none,
    object: () => ({ pcieId: endpoint(3) }),
    updates: [],
    immutable: [["pcie_id", { pcieId: endpoint(4) }]],
  },
  "a virtio-scsi logical unit": {
    noun: "VirtioScsiLun",
    field: "virtioScsiLun",
    name: "virtioScsiLuns/sample",
    id: "sample",
    countsAlone: true,
    needs: () => [["CreateVirtioScsiTarget", { virtioScsiTargetId: "target", virtioScsiTarget: {} }], base],
    object: () => ({ targetNameRef: "virtioScsiTargets/target", volumeNameRef: "mallocVolumes/base" }),
    updates: [],
    immutable: [["volume_name_ref", { volumeNameRef: "base" }]],
  },
  "a remote controller": {
    noun: "NvmeRemoteController",
    field: "nvmeRemoteController",
    name: "nvmeRemoteControllers/sample",
    id: "sample",
    countsAlone: true,
    needs: none,
    object: () => ({ multipath: NvmeMultipath.NVME_MULTIPATH_DISABLE, queueSize: 64n, tcp: { psk: Buffer.from(PSK) } }),
    updates: [
      [["multipath", "tcp.hdgst"], { multipath: NvmeMultipath.NVME_MULTIPATH_MULTIPATH, tcp: { hdgst: true } }],
    ],
    immutable: [],
  },
  "a first path": {
    noun: "NvmePath",
    field: "nvmePath",
    name: "nvmeRemoteControllers/remote/nvmePaths/sample",
    id: "sample",
    countsAlone: true,
    parent: "nvmeRemoteControllers/remote",
    needs: () => [remote({ psk: Buffer.from(PSK) })],
    object: () => path("192.0.2.20"),
    updates: [],
    immutable: [],
  },
  "a second path": {
    noun: "NvmePath",
    field: "nvmePath",
    name: "nvmeRemoteControllers/remote/nvmePaths/sample",
    id: "sample",
    countsAlone: false,
    parent: "nvmeRemoteControllers/remote",
    needs: () => [
      remote({}),
      ["CreateNvmePath", { parent: "nvmeRemoteControllers/remote", nvmePathId: "first", nvmePath: path("192.0.2.10") }],
    ],
    object: () => path("192.0.2.11"),
    updates: [],
    immutable: [],
  },
};
