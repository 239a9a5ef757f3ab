import * as opi from "@pulumi-opi/opi";
import * as pulumi from "@pulumi/pulumi";

/** `openssl rand -hex 64 | pulumi config set --secret volumeKey` */
const volumeKey = new pulumi.Config().requireSecret("volumeKey");

const memory = new opi.backend.MallocVolume("scratch", { blockSize: 512, blocksCount: 131072 });
const encrypted = new opi.middleend.EncryptedVolume("scratch-encrypted", {
  volumeNameRef: memory.name,
  cipher: "aes_xts_256",
  key: volumeKey,
});

const subsystem = new opi.frontend.NvmeSubsystem("tenant", { nqn: "nqn.2014-08.org.example:tenant" });
const controller = new opi.frontend.NvmeController("tenant-vf1", {
  nvmeSubsystem: subsystem.name,
  trtype: "pcie",
  pcieId: { portId: 0, physicalFunction: 0, virtualFunction: 1 },
});
const disk = new opi.frontend.NvmeNamespace(
  "tenant-disk",
  { nvmeSubsystem: subsystem.name, volumeNameRef: encrypted.name, hostNsid: 1 },
  { dependsOn: controller },
);

export const diskName = disk.name;
export const firmware = subsystem.firmwareRevision;
/** Asked once the disk is there. */
export const disks = opi.frontend
  .listNvmeNamespacesOutput({ nvmeSubsystem: disk.nvmeSubsystem })
  .apply(({ nvmeNamespaces }) => nvmeNamespaces.length);
