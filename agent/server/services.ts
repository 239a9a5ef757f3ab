import type { ServiceDefinition } from "@grpc/grpc-js";

import { InventoryServiceService } from "../../provider/wire/opi_api/inventory/v1/inventory";
import { AioVolumeServiceService } from "../../provider/wire/opi_api/storage/v1/backend_aio";
import { MallocVolumeServiceService } from "../../provider/wire/opi_api/storage/v1/backend_malloc";
import { NullVolumeServiceService } from "../../provider/wire/opi_api/storage/v1/backend_null";
import { NvmeRemoteControllerServiceService } from "../../provider/wire/opi_api/storage/v1/backend_nvme";
import { FrontendNvmeServiceService } from "../../provider/wire/opi_api/storage/v1/frontend_nvme";
import { FrontendVirtioBlkServiceService } from "../../provider/wire/opi_api/storage/v1/frontend_virtio_blk";
import { FrontendVirtioScsiServiceService } from "../../provider/wire/opi_api/storage/v1/frontend_virtio_scsi";
import { MiddleendEncryptionServiceService } from "../../provider/wire/opi_api/storage/v1/middleend_encryption";
import { MiddleendQosVolumeServiceService } from "../../provider/wire/opi_api/storage/v1/middleend_qos_volume";
import { CapabilitiesServiceService } from "../../provider/wire/opi_ext/agent/v1/capabilities";

/** Every service of the contract, by its full name. */
export const serviceDefinitions: Readonly<Record<string, ServiceDefinition>> = {
  "opi_api.inventory.v1.InventoryService": InventoryServiceService,
  "opi_api.storage.v1.AioVolumeService": AioVolumeServiceService,
  "opi_api.storage.v1.FrontendNvmeService": FrontendNvmeServiceService,
  "opi_api.storage.v1.FrontendVirtioBlkService": FrontendVirtioBlkServiceService,
  "opi_api.storage.v1.FrontendVirtioScsiService": FrontendVirtioScsiServiceService,
  "opi_api.storage.v1.MallocVolumeService": MallocVolumeServiceService,
  "opi_api.storage.v1.MiddleendEncryptionService": MiddleendEncryptionServiceService,
  "opi_api.storage.v1.MiddleendQosVolumeService": MiddleendQosVolumeServiceService,
  "opi_api.storage.v1.NullVolumeService": NullVolumeServiceService,
  "opi_api.storage.v1.NvmeRemoteControllerService": NvmeRemoteControllerServiceService,
  "opi_ext.agent.v1.CapabilitiesService": CapabilitiesServiceService,
};
