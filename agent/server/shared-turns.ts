import type { Mutex } from "async-mutex";

/** The most that share one turn: who waits for the lock waits for so many at most. */
const MOST = 64;

/**
 * Lets writes that touch nothing but one object of their own go on at the same time, where all others have the lock to
 * themselves. SPDK answers every 4 ms, however many calls it finds: one after the other, creates of volumes would wait
 * for it most of the time.
 *
 * Those that come while a turn is waited for or under way share it. A turn has an end, so nobody waits for ever.
 */
export class SharedTurns {
  private open: Turn | undefined;

  constructor(private readonly lock: Mutex) {}

  /** @param key what the write is about; two of the same key never share a turn */
  async run<T>(key: string, write: () => Promise<T>): Promise<T> {
    if (!this.open?.takes(key)) this.begin();
    const turn = this.open;
    if (turn === undefined) throw new Error("a turn that was begun is open");
    turn.join(key);
    await turn.begun;
    try {
      return await write();
    } finally {
      turn.leave();
    }
  }

  private begin(): void {
    const turn = new Turn(() => {
      if (this.open === turn) this.open = undefined;
    });
    this.open = turn;
    void this.lock.runExclusive(() => turn.start());
  }
}

class Turn {
  private readonly keys = new Set<string>();
  private present = 0;
  private beginNow!: () => void;
  private endNow!: () => void;
  readonly begun = new Promise<void>((resolve) => (this.beginNow = resolve));
  private readonly ended = new Promise<void>((resolve) => (this.endNow = resolve));

  /** @param close called when nobody may join any more */
  constructor(private readonly close: () => void) {}

  takes(key: string): boolean {
    return this.keys.size < MOST && !this.keys.has(key);
  }

  join(key: string): void {
    this.keys.add(key);
    this.present++;
  }

  /** @returns when all who shared it have ended */
  start(): Promise<void> {
    this.beginNow();
    return this.ended;
  }

  leave(): void {
    this.present--;
    if (this.present > 0) return;
    this.close();
    this.endNow();
  }
}
