import { Semaphore } from "async-mutex";

/** Attempts at one time; each may wait a minute for a machine that does not answer. */
const AT_ONCE = 8;

/** Makes what waits for other machines, in the background: one after the other under each parent. */
export class Attaching {
  private readonly limit = new Semaphore(AT_ONCE);
  /** The last attempt under each parent. */
  private readonly chains = new Map<string, Promise<void>>();
  private readonly names = new Set<string>();
  /** Attempts that no call waits for. */
  private readonly unasked = new Set<Promise<void>>();

  constructor(private readonly make: (name: string) => Promise<void>) {}

  /** `after` runs when the attempt has ended, however it did. */
  add(name: string, parent: string, after: () => Promise<void>): void {
    if (this.names.has(name)) return;
    const attempt = this.run(name, parent, () => this.make(name));
    this.unasked.add(attempt);
    void attempt
      .finally(() => this.unasked.delete(attempt))
      .then(after)
      .catch(() => undefined);
  }

  /** Does some work on an object as such an attempt; others wait for it as for any. */
  run<T>(name: string, parent: string, work: () => Promise<T>): Promise<T> {
    this.names.add(name);
    const before = this.chains.get(parent) ?? Promise.resolve();
    const attempt = before
      .catch(() => undefined)
      .then(() => this.limit.runExclusive(work))
      .finally(() => {
        this.names.delete(name);
        if (this.chains.get(parent) === chain) this.chains.delete(parent);
      });
    const chain = attempt.then(() => undefined);
    // Whoever asked for it hears of a failure; the next attempt begins all the same.
    chain.catch(() => undefined);
    this.chains.set(parent, chain);
    return attempt;
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

  /** Resolves when nothing goes on that no call has asked for. */
  async ended(): Promise<void> {
    while (this.unasked.size > 0) await Promise.allSettled(this.unasked);
  }
}
