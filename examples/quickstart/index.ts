import * as pulumi from "@pulumi/pulumi";
import * as opi from "pulumi-opi";

/** The key stays a secret from here to the DPU: `openssl rand -hex 64 | pulumi config set --secret volumeKey`. */
const config = new pulumi.Config();
const volumeKey = config.requireSecret("volumeKey");
const megabytesPerSecond = config.getNumber("megabytesPerSecond") ?? 200;

// Storage elsewhere: an NVMe/TCP target that the DPU attaches as a host.
const remote = new opi.backend.NvmeRemoteController("array", {
  resourceId: "array",
  multipath: "multipath",
  tcp: { hdgst: true },
});
const path = new opi.backend.NvmePath("array-a", {
  resourceId: "array-a",
  nvmeRemoteController: remote.name,
  trtype: "tcp",
  traddr: "192.0.2.10",
  fabrics: { trsvcid: 4420, adrfam: "ipv4", subnqn: "nqn.2019-06.io.example:remote" },
});

// Storage here: memory of the DPU, encrypted at rest, with a rate limit on top.
const memory = new opi.backend.MallocVolume("scratch", { blockSize: 512, blocksCount: 131072 });
const encrypted = new opi.middleend.EncryptedVolume("scratch-encrypted", {
  volumeNameRef: memory.name,
  cipher: "aes_xts_256",
  key: volumeKey,
});
const limited = new opi.middleend.QosVolume("scratch-limited", {
  volumeNameRef: encrypted.name,
  limits: { max: { rwBandwidthMbs: megabytesPerSecond } },
});

// What the host sees: an NVMe controller on a virtual function, with the protected volume as its namespace …
const subsystem = new opi.frontend.NvmeSubsystem("tenant-a", {
  nqn: "nqn.2014-08.org.example:tenant-a",
  serialNumber: "OPI0000000000001",
  modelNumber: "OPI Storage",
});
const controller = new opi.frontend.NvmeController("tenant-a-vf1", {
  nvmeSubsystem: subsystem.name,
  trtype: "pcie",
  pcieId: { portId: 0, physicalFunction: 0, virtualFunction: 1 },
});
const namespace = new opi.frontend.NvmeNamespace(
  "tenant-a-data",
  { nvmeSubsystem: subsystem.name, hostNsid: 1, volumeNameRef: limited.name },
  { dependsOn: controller },
);

// … and a virtio-blk device.
const boot = new opi.backend.MallocVolume("boot", { blockSize: 512, blocksCount: 65536 });
const disk = new opi.frontend.VirtioBlk("boot-disk", {
  volumeNameRef: boot.name,
  pcieId: { portId: 0, physicalFunction: 1, virtualFunction: 0 },
});

export const namespaceName = namespace.name;
export const namespaceUuid = namespace.uuid;
export const diskName = disk.name;
export const remotePath = path.name;
