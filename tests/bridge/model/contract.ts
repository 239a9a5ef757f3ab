import type { DescMessage, DescMethod } from "@bufbuild/protobuf";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Descriptors } from "../../../provider/catalogue/descriptors";

/** The protocol's descriptors: services to serve, and which fields of a request are required. */
export const descriptors = new Descriptors(readFileSync(join(__dirname, "../../../provider/wire/descriptors.binpb")));

/** The services that the bridge registers; the inventory is none of them (recorded: special.inventory/unregistered). */
export const services = [
  "FrontendNvmeService",
  "FrontendVirtioBlkService",
  "FrontendVirtioScsiService",
  "MiddleendEncryptionService",
  "MiddleendQosVolumeService",
  "NullVolumeService",
  "MallocVolumeService",
  "AioVolumeService",
  "NvmeRemoteControllerService",
].map((name) => `opi_api.storage.v1.${name}`);

/** All methods of a service. */
export function methodsOf(service: string): readonly DescMethod[] {
  const found = descriptors.registry.getService(service);
  if (!found) throw new Error(`the contract has no service ${service}`);
  return found.methods;
}

export function messageNamed(name: string): DescMessage {
  const found = descriptors.registry.getMessage(name);
  if (!found) throw new Error(`the contract has no message ${name}`);
  return found;
}
