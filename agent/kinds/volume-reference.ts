import { failedPrecondition, notFound } from "../aip/status";
import type { Store, StoredObject } from "../store/store";
import { bdevBehind } from "./bdev";
import type { AnyKind, Environment } from "./kind";
import { parseRemoteNamespaceName } from "./nvme-remote-namespace";
import type { Spdk } from "./spdk";

/** What a reference to a volume leads to. */
export interface ResolvedVolume {
  /** Name of the block device to work on. A QoS volume has none of its own: SPDK limits the one below it. */
  readonly bdev: string;
  /** What the referring object needs from now on. */
  readonly uses: readonly string[];
}

/** The volumes of all kinds, found by what references say. */
export class VolumeDirectory {
  private readonly kinds: readonly AnyKind[];

  constructor(
    kinds: readonly AnyKind[],
    private readonly store: Store,
    private readonly spdk: Spdk,
    private readonly collectionOf: (kind: AnyKind) => string,
  ) {
    this.kinds = kinds.filter((kind) => kind.isVolume);
  }

  /** The volume with that id, of whatever kind: ids are unique over all of them, as SPDK's bdev names are. */
  withId(id: string): StoredObject | undefined {
    for (const kind of this.kinds) {
      const found = this.store.get(`${this.collectionOf(kind)}/${id}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Takes a resource name of any volume kind, a remote namespace's, or a bare id. */
  async resolve(reference: string, field: string, environment: Environment): Promise<ResolvedVolume> {
    const remote = parseRemoteNamespaceName(reference);
    if (remote !== undefined) {
      const bdev = `${remote.controller}n${remote.nsid}`;
      // While the first path is being attached its namespaces come, and go again should it fail.
      const isAttached = this.store.list("opi_api.storage.v1.NvmePath", remote.parent).length > 0;
      if (!isAttached || (await this.spdk.bdev(bdev)) === undefined)
        throw notFound(`${field}: ${JSON.stringify(reference)} does not exist`);
      return { bdev, uses: [reference, remote.parent] };
    }
    const found = reference.includes("/") ? this.store.get(reference) : this.withId(reference);
    const bdev = found === undefined ? undefined : this.bdevOf(found, environment);
    if (found === undefined || bdev === undefined)
      throw notFound(`${field}: ${JSON.stringify(reference)} is no volume of this agent`);
    return { bdev, uses: [found.name] };
  }

  /** As {@link resolve}, for uses that need the block device for themselves. */
  async resolveUnclaimed(reference: string, field: string, environment: Environment): Promise<ResolvedVolume> {
    const resolved = await this.resolve(reference, field, environment);
    const bdev = await bdevBehind(this.spdk, resolved.bdev, reference);
    if (bdev.claimed) {
      const users = resolved.uses.flatMap((name) => this.store.dependentsOf(name));
      const by = users.length === 0 ? "something in SPDK that this agent did not make" : users.join(", ");
      throw failedPrecondition(`${field}: ${JSON.stringify(reference)} is in use by ${by}`);
    }
    return resolved;
  }

  private bdevOf(stored: StoredObject, environment: Environment): string | undefined {
    return this.kinds.find((kind) => kind.type === stored.type)?.bdevOf?.(stored, environment);
  }
}
