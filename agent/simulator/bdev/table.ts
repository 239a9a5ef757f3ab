import { errnoFault } from "../rpc/fault";
import { Bdev, type BdevModule, type BdevSpec, type BdevUser } from "./bdev";

/** A bdev module that looks at every new bdev, to build something on it. */
export type Examiner = (bdev: Bdev) => void;

/** All bdevs, in the order of their registration. Names and UUIDs share one name space. */
export class BdevTable {
  private readonly byName = new Map<string, Bdev>();
  private readonly byAlias = new Map<string, Bdev>();
  private readonly examiners: Examiner[] = [];
  private readonly arrivals = new Set<() => void>();

  /** Examiners run in the order in which they were added. */
  addExaminer(examiner: Examiner): void {
    this.examiners.push(examiner);
  }

  all(): IterableIterator<Bdev> {
    return this.byName.values();
  }

  find(nameOrUuid: string): Bdev | undefined {
    return this.byName.get(nameOrUuid) ?? this.byAlias.get(nameOrUuid);
  }

  get(nameOrUuid: string): Bdev {
    const bdev = this.find(nameOrUuid);
    if (bdev === undefined) throw errnoFault("ENODEV");
    return bdev;
  }

  /** The bdev with that name if that module made it. */
  getOf(module: BdevModule, nameOrUuid: string): Bdev {
    const bdev = this.get(nameOrUuid);
    if (bdev.spec.module !== module) throw errnoFault("ENODEV");
    return bdev;
  }

  register(spec: BdevSpec): Bdev {
    if (spec.name === "") throw errnoFault("EINVAL");
    if (this.find(spec.name) !== undefined || this.find(spec.uuid) !== undefined) throw errnoFault("EEXIST");
    const bdev = new Bdev(spec);
    this.byName.set(spec.name, bdev);
    this.byAlias.set(spec.uuid, bdev);
    for (const examine of this.examiners) examine(bdev);
    for (const arrived of [...this.arrivals]) arrived();
    return bdev;
  }

  /** Takes the bdev away from its users first, as SPDK's hot removal does, then from the table. */
  unregister(bdev: Bdev): void {
    if (this.byName.get(bdev.name) !== bdev) return;
    for (const user of [...bdev.users]) user.onBdevRemoved(bdev);
    this.byName.delete(bdev.name);
    this.byAlias.delete(bdev.uuid);
    bdev.store.close();
    bdev.spec.onUnregistered?.();
  }

  resize(bdev: Bdev, numBlocks: number): void {
    bdev.numBlocks = numBlocks;
    for (const user of [...bdev.users]) user.onBdevResized?.(bdev);
  }

  open(bdev: Bdev, user: BdevUser): void {
    bdev.users.add(user);
  }

  close(bdev: Bdev, user: BdevUser): void {
    bdev.users.delete(user);
  }

  /** Opens for exclusive writing: one claim a bdev (recorded: crypto/bdev_base_claimed). */
  claim(bdev: Bdev, user: BdevUser, module: string): void {
    if (bdev.claimedBy !== undefined) throw errnoFault("EPERM");
    bdev.claimedBy = module;
    bdev.users.add(user);
  }

  release(bdev: Bdev, user: BdevUser): void {
    bdev.claimedBy = undefined;
    bdev.users.delete(user);
  }

  /** Waits until a bdev of that name is there; undefined when it did not come in time. */
  async waitFor(nameOrUuid: string, timeoutMs: number): Promise<Bdev | undefined> {
    const found = this.find(nameOrUuid);
    if (found !== undefined) return found;
    return new Promise((resolve) => {
      const done = (bdev: Bdev | undefined): void => {
        clearTimeout(timer);
        this.arrivals.delete(look);
        resolve(bdev);
      };
      const look = (): void => {
        const bdev = this.find(nameOrUuid);
        if (bdev !== undefined) done(bdev);
      };
      const timer = setTimeout(() => done(undefined), timeoutMs);
      this.arrivals.add(look);
    });
  }
}
