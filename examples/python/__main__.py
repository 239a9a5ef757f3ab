import pulumi
import pulumi_opi as opi

# openssl rand -hex 64 | pulumi config set --secret volumeKey
volume_key = pulumi.Config().require_secret("volumeKey")

memory = opi.backend.MallocVolume("scratch", block_size=512, blocks_count=131072)
encrypted = opi.middleend.EncryptedVolume(
    "scratch-encrypted",
    volume_name_ref=memory.name,
    cipher="aes_xts_256",
    key=volume_key,
)

subsystem = opi.frontend.NvmeSubsystem("tenant", nqn="nqn.2014-08.org.example:tenant")
controller = opi.frontend.NvmeController(
    "tenant-vf1",
    nvme_subsystem=subsystem.name,
    trtype="pcie",
    pcie_id={"port_id": 0, "physical_function": 0, "virtual_function": 1},
)
disk = opi.frontend.NvmeNamespace(
    "tenant-disk",
    nvme_subsystem=subsystem.name,
    volume_name_ref=encrypted.name,
    host_nsid=1,
    opts=pulumi.ResourceOptions(depends_on=[controller]),
)

# Asked once the disk is there.
listed = opi.frontend.list_nvme_namespaces_output(nvme_subsystem=disk.nvme_subsystem)

pulumi.export("diskName", disk.name)
pulumi.export("firmware", subsystem.firmware_revision)
pulumi.export("disks", listed.nvme_namespaces.apply(len))
