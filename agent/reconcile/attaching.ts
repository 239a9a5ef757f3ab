import { Semaphore } from "async-mutex";

/** Attempts at one time; each may wait a minute for a machine that does not answer. */
const AT_ONCE = 8;

/** Makes what waits for other machines, in the background: one after the other under each parent. */
export class Attaching {
  private readonly limit = new Semaphore(AT_ONCE);
  /** The last attempt under each parent. */
  private readonly chains = new Map<string, Promise<void>>();
  private readonly names = new Set<string>();

  constructor(private readonly make: (name: string) => Promise<void>) {}

  /** `after` runs when the attempt has ended, however it did. */
  add(name: string, parent: string, after: () => Promise<void>): void {
    if (this.names.has(name)) return;
    this.names.add(name);
    const attempt = (this.chains.get(parent) ?? Promise.resolve())
      .then(() => this.limit.runExclusive(() => this.make(name)))
      .finally(() => {
        this.names.delete(name);
        if (this.chains.get(parent) === attempt) this.chains.delete(parent);
      });
    this.chains.set(parent, attempt);
    void attempt.then(after).catch(() => undefined);
  }

  get any(): boolean {
    return this.names.size > 0;
  }

  /** Whether something is under way on the object or below it. */
  has(name: string): boolean {
    return this.names.has(name) || this.chains.has(name);
  }

  /** Waits until nothing is under way on any of the objects. */
  async over(names: readonly string[]): Promise<void> {
    for (const name of names) {
      const parent = name.split("/").slice(0, -2).join("/");
      for (const each of [name, ...(this.names.has(name) ? [parent] : [])])
        while (this.chains.has(each)) await this.chains.get(each)?.catch(() => undefined);
    }
  }

  async ended(): Promise<void> {
    while (this.chains.size > 0) await Promise.allSettled(this.chains.values());
  }
}
