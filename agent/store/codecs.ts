import { AioVolume } from "../../provider/wire/opi_api/storage/v1/backend_aio";
import { MallocVolume } from "../../provider/wire/opi_api/storage/v1/backend_malloc";
import { NullVolume } from "../../provider/wire/opi_api/storage/v1/backend_null";
import { NvmePath, NvmeRemoteController } from "../../provider/wire/opi_api/storage/v1/backend_nvme";
import { NvmeController, NvmeNamespace, NvmeSubsystem } from "../../provider/wire/opi_api/storage/v1/frontend_nvme";
import { VirtioBlk } from "../../provider/wire/opi_api/storage/v1/frontend_virtio_blk";
import {
  VirtioScsiController,
  VirtioScsiLun,
  VirtioScsiTarget,
} from "../../provider/wire/opi_api/storage/v1/frontend_virtio_scsi";
import { EncryptedVolume } from "../../provider/wire/opi_api/storage/v1/middleend_encryption";
import { QosVolume } from "../../provider/wire/opi_api/storage/v1/middleend_qos_volume";

/** Objects of one type as protobuf bytes: exact for 64-bit integers and bytes, and readable by later versions. */
export interface Codec {
  encode(object: object): Uint8Array;
  decode(bytes: Uint8Array): object;
}

interface Generated<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(input: Uint8Array): T;
}

/** What is stored under a type's name was made as that type: the store never mixes them. */
function codec<T extends object>(generated: Generated<T>): Codec {
  return {
    encode: (object) => generated.encode(object as T).finish(),
    decode: (bytes) => generated.decode(bytes),
  };
}

const codecs: Readonly<Record<string, Codec>> = {
  "opi_api.storage.v1.AioVolume": codec(AioVolume),
  "opi_api.storage.v1.EncryptedVolume": codec(EncryptedVolume),
  "opi_api.storage.v1.MallocVolume": codec(MallocVolume),
  "opi_api.storage.v1.NullVolume": codec(NullVolume),
  "opi_api.storage.v1.NvmeController": codec(NvmeController),
  "opi_api.storage.v1.NvmeNamespace": codec(NvmeNamespace),
  "opi_api.storage.v1.NvmePath": codec(NvmePath),
  "opi_api.storage.v1.NvmeRemoteController": codec(NvmeRemoteController),
  "opi_api.storage.v1.NvmeSubsystem": codec(NvmeSubsystem),
  "opi_api.storage.v1.QosVolume": codec(QosVolume),
  "opi_api.storage.v1.VirtioBlk": codec(VirtioBlk),
  "opi_api.storage.v1.VirtioScsiController": codec(VirtioScsiController),
  "opi_api.storage.v1.VirtioScsiLun": codec(VirtioScsiLun),
  "opi_api.storage.v1.VirtioScsiTarget": codec(VirtioScsiTarget),
};

export function codecOf(type: string): Codec {
  const found = codecs[type];
  if (found === undefined) throw new Error(`objects of type ${type} are unknown to this version`);
  return found;
}
