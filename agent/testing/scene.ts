import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { NvmeMultipath } from "../../provider/wire/opi_api/storage/v1/backend_nvme";
import { EncryptionType, NvmeTransportType } from "../../provider/wire/opi_api/storage/v1/opicommon";
import { PSK } from "./agent-under-test";
import { endpoint, HOST_NQN, path, tcpController, XTS_256_KEY, type Place, type Preparation } from "./samples";

const cipher = EncryptionType.ENCRYPTION_TYPE_AES_XTS_256;
const OTHER_KEY = Buffer.from(XTS_256_KEY).reverse();

export const AIO_FILE = "scene.img";

/** Objects of every type that need each other in every way, in the order of their creation. */
export function scene({ folder }: Place): readonly Preparation[] {
  const filename = join(folder, AIO_FILE);
  writeFileSync(filename, Buffer.alloc(1024 * 1024));
  const parent = "nvmeSubsystems/subsys";
  const remote = "nvmeRemoteControllers/remote";
  return [
    ["CreateNvmeRemoteController", remoteController("remote", { psk: Buffer.from(PSK) })],
    ["CreateNvmePath", { parent: remote, nvmePathId: "path-a", nvmePath: path("192.0.2.20") }],
    ["CreateMallocVolume", volume("malloc", { blockSize: 512n, blocksCount: 4096n })],
    ["CreateMallocVolume", volume("malloc", { blockSize: 512n, blocksCount: 4096n }, "malloc-two")],
    ["CreateNullVolume", volume("null", { blockSize: 512n, blocksCount: 4096n })],
    ["CreateNullVolume", volume("null", { blockSize: 512n, blocksCount: 4096n }, "null-two")],
    ["CreateAioVolume", volume("aio", { filename, blockSize: 512n, blocksCount: 2048n })],
    ["CreateAioVolume", volume("aio", { filename }, "aio-two")],
    ["CreateEncryptedVolume", encrypted("vault", "mallocVolumes/malloc-volume", XTS_256_KEY)],
    ["CreateEncryptedVolume", encrypted("a-vault-in-it", "encryptedVolumes/vault", OTHER_KEY)],
    ["CreateEncryptedVolume", encrypted("far-vault", `${remote}/nvmeRemoteNamespaces/1`, OTHER_KEY)],
    ["CreateQosVolume", { qosVolumeId: "slow", qosVolume: { volumeNameRef: "null-two", limits: { max: limit } } }],
    [
      "CreateNvmeSubsystem",
      {
        nvmeSubsystemId: "subsys",
        nvmeSubsystem: {
          spec: { nqn: "nqn.2024-01.com.example:subsys", serialNumber: "S1", hostnqn: HOST_NQN, psk: Buffer.from(PSK) },
        },
      },
    ],
    [
      "CreateNvmeSubsystem",
      { nvmeSubsystemId: "open", nvmeSubsystem: { spec: { nqn: "nqn.2024-01.com.example:open" } } },
    ],
    ["CreateNvmeController", { parent, nvmeControllerId: "on-tcp", nvmeController: tcpController }],
    ["CreateNvmeController", { parent: "nvmeSubsystems/open", nvmeControllerId: "on-pcie", nvmeController: onPcie }],
    // The first number is SPDK's choice, and goes again: the next one stays where it is.
    ["CreateNvmeNamespace", namespace(parent, "first", "null-volume")],
    ["CreateNvmeNamespace", namespace(parent, "second", "a-vault-in-it")],
    ["DeleteNvmeNamespace", { name: `${parent}/nvmeNamespaces/first` }],
    ["CreateNvmeNamespace", namespace(parent, "distant", "far-vault", { hostNsid: 9, eui64: -2n })],
    ["CreateNvmeNamespace", namespace("nvmeSubsystems/open", "limited", "qosVolumes/slow")],
    [
      "CreateVirtioBlk",
      { virtioBlkId: "disk", virtioBlk: { pcieId: endpoint(2), volumeNameRef: "aio-volume", maxLimit: limit } },
    ],
    ["CreateVirtioScsiTarget", { virtioScsiTargetId: "scsi", virtioScsiTarget: {} }],
    ["CreateVirtioScsiController", { virtioScsiControllerId: "scsi", virtioScsiController: { pcieId: endpoint(3) } }],
    ["CreateVirtioScsiLun", lun("lun-a", "malloc-two")],
    ["CreateVirtioScsiLun", lun("lun-b", "null-volume")],
    // Its place stays free: the other must not move there.
    ["DeleteVirtioScsiLun", { name: "virtioScsiLuns/lun-a" }],
    ["CreateVirtioScsiController", { virtioScsiControllerId: "alone", virtioScsiController: { pcieId: endpoint(4) } }],
  ];
}

const limit = { rwIopsKiops: 5n };
const onPcie = { spec: { trtype: NvmeTransportType.NVME_TRANSPORT_TYPE_PCIE, pcieId: endpoint(1) } };

function volume(kind: "malloc" | "null" | "aio", object: object, id = `${kind}-volume`): object {
  return { [`${kind}VolumeId`]: id, [`${kind}Volume`]: object };
}

function encrypted(id: string, volumeNameRef: string, key: Buffer): object {
  return { encryptedVolumeId: id, encryptedVolume: { volumeNameRef, cipher, key } };
}

function remoteController(id: string, tcp: object): object {
  const multipath = NvmeMultipath.NVME_MULTIPATH_DISABLE;
  return { nvmeRemoteControllerId: id, nvmeRemoteController: { multipath, tcp } };
}

function namespace(parent: string, id: string, volumeNameRef: string, more: object = {}): object {
  return { parent, nvmeNamespaceId: id, nvmeNamespace: { spec: { volumeNameRef, ...more } } };
}

function lun(id: string, volumeNameRef: string): object {
  return { virtioScsiLunId: id, virtioScsiLun: { targetNameRef: "virtioScsiTargets/scsi", volumeNameRef } };
}

/** Method that lists the objects of each type, with their parents. */
export const LISTS: readonly Preparation[] = [
  ...["NullVolume", "MallocVolume", "AioVolume"].map((noun): Preparation => [`List${noun}s`, {}]),
  ["ListEncryptedVolumes", { parent: "volumes" }],
  ["ListQosVolumes", { parent: "volumes" }],
  ["ListNvmeSubsystems", {}],
  ...["subsys", "open"].flatMap((id): Preparation[] => [
    ["ListNvmeControllers", { parent: `nvmeSubsystems/${id}` }],
    ["ListNvmeNamespaces", { parent: `nvmeSubsystems/${id}` }],
  ]),
  ["ListNvmeRemoteControllers", {}],
  ["ListNvmePaths", { parent: "nvmeRemoteControllers/remote" }],
  ["ListNvmeRemoteNamespaces", { parent: "nvmeRemoteControllers/remote" }],
  ["ListVirtioBlks", {}],
  ["ListVirtioScsiTargets", { parent: "virtioScsiTargets" }],
  ["ListVirtioScsiControllers", { parent: "virtioScsiControllers" }],
  ["ListVirtioScsiLuns", { parent: "virtioScsiLuns" }],
];
