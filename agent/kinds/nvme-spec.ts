import type { NvmeController, NvmeSubsystem } from "../../provider/wire/opi_api/storage/v1/frontend_nvme";
import type { Store, StoredObject } from "../store/store";

/** The spec of an object whose presence was checked: a REQUIRED message is there. */
export function specOf<S>(object: { readonly spec: S | undefined }): S {
  if (object.spec === undefined) throw new TypeError("an object without its required spec got past the checks");
  return object.spec;
}

/** The subsystem that a controller or namespace belongs to. */
export function subsystemOf(parent: StoredObject | undefined): NvmeSubsystem {
  if (parent === undefined) throw new TypeError("a child of a subsystem without its parent got past the checks");
  // The contract's pattern puts controllers and namespaces under subsystems alone.
  return parent.object as NvmeSubsystem;
}

/** Controllers of a subsystem. */
export function controllersOf(store: Store, subsystem: string): readonly NvmeController[] {
  // The store lists what was put in as this type.
  return store.list("opi_api.storage.v1.NvmeController", subsystem).map((stored) => stored.object as NvmeController);
}
