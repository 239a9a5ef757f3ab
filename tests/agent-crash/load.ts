import type { TestClient } from "../../agent/testing/agent-under-test";
import type { Item } from "./stack";

/** What was acknowledged of an object, and what may have happened to it beyond that. */
export interface Belief {
  /** Undefined: it is not there. */
  readonly value: number | undefined;
  /** States that a call without an answer may have led to. */
  readonly perhaps: readonly (number | undefined)[];
}

export type Random = () => number;

/** A sequence that is the same for the same seed (mulberry32). */
export function random(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Creates, changes and deletes the objects of one stack at random, one call after the other, and remembers the answers. */
export class Load {
  readonly beliefs = new Map<string, Belief>();
  acknowledged = 0;
  private stopped = false;

  constructor(
    readonly items: readonly Item[],
    private readonly random: Random,
  ) {
    for (const { name } of items) this.beliefs.set(name, { value: undefined, perhaps: [] });
  }

  /** Goes on until it is stopped or the agent is gone. `trusting`: a refusal means that nothing was changed. */
  async run(client: TestClient, trusting: boolean): Promise<void> {
    this.stopped = false;
    while (!this.stopped && (await this.step(client, trusting)));
  }

  stop(): void {
    this.stopped = true;
  }

  private async step(client: TestClient, trusting: boolean): Promise<boolean> {
    const item = this.pick(this.items);
    const { value } = this.belief(item);
    const { update } = item;
    const wanted =
      value === undefined
        ? (update?.values[0] ?? 1)
        : update !== undefined && this.random() < 0.6
          ? this.pick(update.values)
          : undefined;
    this.beliefs.set(item.name, { value, perhaps: [wanted] });
    try {
      await call(client, item, value, wanted);
      this.beliefs.set(item.name, { value: wanted, perhaps: [] });
      this.acknowledged++;
      return true;
    } catch (error) {
      const gone = /^(UNAVAILABLE|CANCELLED|UNKNOWN|INTERNAL|DATA_LOSS)/.test(String(error).replace("Error: ", ""));
      if (gone || !trusting) return false;
      this.beliefs.set(item.name, { value, perhaps: [] });
      return true;
    }
  }

  belief({ name }: Item): Belief {
    const belief = this.beliefs.get(name);
    if (belief === undefined) throw new Error(`${name} is none of the load's`);
    return belief;
  }

  private pick<T>(from: readonly T[]): T {
    const picked = from[Math.floor(this.random() * from.length)];
    if (picked === undefined) throw new Error("nothing to pick from");
    return picked;
  }
}

function call(client: TestClient, item: Item, before: number | undefined, after: number | undefined): Promise<unknown> {
  const { noun, field, id, parent, name, object, update } = item;
  if (after === undefined) return client.call(`Delete${noun}`, { name });
  if (before === undefined) return client.call(`Create${noun}`, { parent, [`${field}Id`]: id, [field]: object(after) });
  return client.call(`Update${noun}`, { [field]: { ...object(after), name }, updateMask: update?.mask ?? [] });
}
