// A host's encrypted disk on one DPU.
package main

import (
	"github.com/opiproject/pulumi-opi/sdk/go/opi/backend"
	"github.com/opiproject/pulumi-opi/sdk/go/opi/frontend"
	"github.com/opiproject/pulumi-opi/sdk/go/opi/middleend"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// openssl rand -hex 64 | pulumi config set --secret volumeKey
		volumeKey := config.RequireSecret(ctx, "volumeKey")

		memory, err := backend.NewMallocVolume(ctx, "scratch", &backend.MallocVolumeArgs{
			BlockSize:   pulumi.Float64(512),
			BlocksCount: pulumi.Float64(131072),
		})
		if err != nil {
			return err
		}
		encrypted, err := middleend.NewEncryptedVolume(ctx, "scratch-encrypted", &middleend.EncryptedVolumeArgs{
			VolumeNameRef: memory.Name,
			Cipher:        pulumi.String("aes_xts_256"),
			Key:           volumeKey,
		})
		if err != nil {
			return err
		}

		subsystem, err := frontend.NewNvmeSubsystem(ctx, "tenant", &frontend.NvmeSubsystemArgs{
			Nqn: pulumi.String("nqn.2014-08.org.example:tenant"),
		})
		if err != nil {
			return err
		}
		controller, err := frontend.NewNvmeController(ctx, "tenant-vf1", &frontend.NvmeControllerArgs{
			NvmeSubsystem: subsystem.Name,
			Trtype:        pulumi.String("pcie"),
			PcieId: &frontend.PciEndpointArgs{
				PortId:           pulumi.Int(0),
				PhysicalFunction: pulumi.Int(0),
				VirtualFunction:  pulumi.Int(1),
			},
		})
		if err != nil {
			return err
		}
		disk, err := frontend.NewNvmeNamespace(ctx, "tenant-disk", &frontend.NvmeNamespaceArgs{
			NvmeSubsystem: subsystem.Name,
			VolumeNameRef: encrypted.Name,
			HostNsid:      pulumi.Int(1),
		}, pulumi.DependsOn([]pulumi.Resource{controller}))
		if err != nil {
			return err
		}

		// Asked once the disk is there.
		listed := frontend.ListNvmeNamespacesOutput(ctx, frontend.ListNvmeNamespacesOutputArgs{
			NvmeSubsystem: disk.NvmeSubsystem.ToStringPtrOutput(),
		}, pulumi.DependsOn([]pulumi.Resource{disk}))

		ctx.Export("diskName", disk.Name)
		ctx.Export("firmware", subsystem.FirmwareRevision)
		ctx.Export("disks", listed.NvmeNamespaces().ApplyT(func(found []frontend.NvmeNamespaceEntry) int {
			return len(found)
		}))
		return nil
	})
}
