import { Mutex } from "async-mutex";

import { SharedTurns } from "./shared-turns";

/** Writes that end when they are told to, and what is under way. */
class Stage {
  readonly lock = new Mutex();
  readonly turns = new SharedTurns(this.lock);
  readonly running = new Set<string>();
  private readonly ends = new Map<string, () => void>();

  private work(name: string): () => Promise<string> {
    return async () => {
      this.running.add(name);
      await new Promise<void>((resolve) => this.ends.set(name, resolve));
      this.running.delete(name);
      return name;
    };
  }

  shared(name: string, key = name): Promise<string> {
    return this.turns.run(key, this.work(name));
  }

  alone(name: string): Promise<string> {
    return this.lock.runExclusive(this.work(name));
  }

  async end(...names: readonly string[]): Promise<void> {
    for (const name of names) this.ends.get(name)?.();
    await this.settled();
  }

  /** Lets everything happen that can happen without a further word. */
  async settled(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }

  async is(...names: readonly string[]): Promise<void> {
    await this.settled();
    expect([...this.running].sort()).toEqual([...names].sort());
  }
}

test("writes of different objects share a turn, and later ones join it", async () => {
  const stage = new Stage();
  const both = [stage.shared("a"), stage.shared("b")];
  await stage.is("a", "b");
  const late = stage.shared("c");
  await stage.is("a", "b", "c");
  await stage.end("a", "b", "c");
  expect(await Promise.all([...both, late])).toEqual(["a", "b", "c"]);
  expect(stage.lock.isLocked()).toBe(false);
});

test("who needs the lock alone waits for those who share it, and they for him", async () => {
  const stage = new Stage();
  void stage.shared("a");
  await stage.is("a");
  void stage.alone("x");
  await stage.is("a");
  await stage.end("a");
  await stage.is("x");
  void stage.shared("b");
  await stage.is("x");
  await stage.end("x");
  await stage.is("b");
  await stage.end("b");
});

test("writes of one object come one after the other", async () => {
  const stage = new Stage();
  void stage.shared("first", "disk");
  void stage.shared("second", "disk");
  await stage.is("first");
  await stage.end("first");
  await stage.is("second");
  await stage.end("second");
});

test("however many share a turn one after the other, it ends, and who waits is let in", async () => {
  const stage = new Stage();
  const name = (at: number): string => `w${at}`;
  void stage.shared(name(0));
  await stage.is(name(0));
  void stage.alone("x");
  // Each comes before the one before it has ended.
  for (let at = 1; at < 64; at++) {
    void stage.shared(name(at));
    await stage.settled();
    await stage.end(name(at - 1));
  }
  void stage.shared("late");
  await stage.is(name(63));
  await stage.end(name(63));
  await stage.is("x");
  await stage.end("x");
  await stage.is("late");
  await stage.end("late");
});

test("a write that fails ends its turn like any other", async () => {
  const lock = new Mutex();
  const turns = new SharedTurns(lock);
  await expect(turns.run("a", () => Promise.reject(new Error("SPDK said no")))).rejects.toThrow("SPDK said no");
  expect(await turns.run("a", () => Promise.resolve("again"))).toBe("again");
  expect(await lock.runExclusive(() => "alone")).toBe("alone");
});
