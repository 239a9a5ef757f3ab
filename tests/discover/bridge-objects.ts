import { typeByNoun } from "../../provider/catalogue";
import type { Properties } from "../../provider/catalogue/values/property";
import { messageOf } from "../../provider/catalogue/values/wire";
import { closeAll } from "../../provider/client";
import { examples } from "../arbitrary/examples";
import { inputsFor } from "../agents/stage";
import type { Dpu } from "../bridge/dpu";

/** One object of most types on a reference bridge, made by its own calls as people make them. */
export async function fill(dpu: Dpu): Promise<void> {
  const client = dpu.client({ dialect: "spdk-bridge" });
  const create = async (noun: string, id: string, given: Properties = {}, parent?: string): Promise<void> => {
    const type = typeByNoun(noun);
    const { resourceId, ...wished } = inputsFor(noun, { ...examples[noun], ...given, resourceId: id });
    if (resourceId !== id) throw new Error(`${noun} ${id} got another id`);
    await client.create(type, { id, parent, body: messageOf(type, wished) });
  };
  const subsystem = "nvmeSubsystems/tenant-1";
  await create("NullVolume", "null-1");
  await create("MallocVolume", "malloc-1");
  await create("EncryptedVolume", "crypt-1", { volumeNameRef: "malloc-1" });
  await create("QosVolume", "qos-one", { volumeNameRef: "null-1" });
  await create("NvmeSubsystem", "tenant-1");
  await create("NvmeNamespace", "name-1", { nvmeSubsystem: subsystem, volumeNameRef: "crypt-1" }, subsystem);
  await create("NvmeRemoteController", "remote-1");
  await create("VirtioBlk", "blkdev-1", { volumeNameRef: "null-1" });
  await create("VirtioScsiController", "scsi-1");
  closeAll();
}
