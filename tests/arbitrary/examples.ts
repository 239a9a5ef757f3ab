import type { Properties } from "../../provider/catalogue/values/property";

/** Both halves of a key for AES-XTS-256. */
export const XTS_KEY = "0123456789abcdef".repeat(4) + "fedcba9876543210".repeat(4);
/** A PSK with the CRC of its key (recordings/bridge-grpc.jsonl: special.tls_frontend/subsys_psk). */
export const PSK = "NVMeTLSkey-1:01:MDAxMTIyMzM0NDU1NjY3Nzg4OTlhYWJiY2NkZGVlZmZwJEiQ:";

/** Valid inputs of one object of each type, as a program may write them. */
export const examples: Readonly<Record<string, Properties>> = {
  NullVolume: { resourceId: "disk-1", blockSize: 512, blocksCount: 64 },
  MallocVolume: { resourceId: "disk-1", blockSize: 512, blocksCount: 64 },
  AioVolume: { resourceId: "disk-1", filename: "/var/lib/disk.img" },
  NvmeSubsystem: { resourceId: "subsystem-1", nqn: "nqn.2014-08.org.example:disk-1" },
  NvmeController: {
    resourceId: "controller-1",
    nvmeSubsystem: "nvmeSubsystems/subsystem-1",
    trtype: "pcie",
    pcieId: { portId: 0, physicalFunction: 0, virtualFunction: 0 },
  },
  NvmeNamespace: { resourceId: "namespace-1", nvmeSubsystem: "subsystem-1", volumeNameRef: "nullVolumes/disk-1" },
  NvmeRemoteController: { resourceId: "remote-1", multipath: "failover" },
  NvmePath: {
    resourceId: "path-1",
    nvmeRemoteController: "remote-1",
    trtype: "tcp",
    traddr: "192.0.2.1",
    fabrics: { trsvcid: 4420, subnqn: "nqn.2014-08.org.example:disk-1", adrfam: "ipv4" },
  },
  EncryptedVolume: {
    resourceId: "crypt-1",
    volumeNameRef: "disk-1",
    key: XTS_KEY,
    cipher: "ENCRYPTION_TYPE_AES_XTS_256",
  },
  QosVolume: { resourceId: "qos-1", volumeNameRef: "disk-1", limits: { max: { rwBandwidthMbs: 10 } } },
  VirtioScsiTarget: { resourceId: "target-1", maxLuns: 4 },
  VirtioScsiController: {
    resourceId: "scsi-1",
    pcieId: { portId: 0, physicalFunction: 2, virtualFunction: 0 },
  },
  VirtioScsiLun: { resourceId: "scsi-1", targetNameRef: "virtioScsiTargets/target-1", volumeNameRef: "disk-1" },
  VirtioBlk: {
    resourceId: "blk-1",
    pcieId: { portId: 0, physicalFunction: 1, virtualFunction: 0 },
    volumeNameRef: "disk-1",
  },
};
