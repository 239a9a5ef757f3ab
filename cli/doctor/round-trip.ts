import { randomBytes } from "node:crypto";
import { status } from "@grpc/grpc-js";
import { typeByNoun } from "../../provider/catalogue";
import type { PropertyValue } from "../../provider/catalogue/values/property";
import { messageOf, propertiesOf } from "../../provider/catalogue/values/wire";
import type { WireMessage } from "../../provider/catalogue/values/wire";
import { isMissing, nameFor, OpiError, updates, whyUnavailable } from "../../provider/client";
import type { Agent, Dialect } from "../../provider/client";

/** What came of making a small volume, using it, and taking it away again. */
export interface RoundTrip {
  readonly done: boolean;
  /** Why it was not tried. */
  readonly skipped?: string;
  /** Resource name of the volume. */
  readonly object?: string;
  readonly steps: readonly Step[];
  /** What is, or may be, still there, and how to remove it. Absent when nothing is. */
  readonly left?: string;
  /** Whether a signal ended it early. */
  readonly interrupted?: true;
}

export interface Step {
  readonly step: "create" | "read" | "update" | "list" | "stats" | "delete";
  readonly outcome: "works" | "differs" | "fails" | "skipped";
  readonly text?: string;
  readonly milliseconds?: number;
}

/** Whether a volume of that name was made by a round trip. */
export const isDoctors = (name: string): boolean => /(^|\/)doctor-[0-9a-f]{10}$/.test(name);

/** Stops the round trip after the step under way. */
export interface Stop {
  readonly requested: boolean;
}

const type = typeByNoun("NullVolume");
const BLOCK_SIZE = 512;
const BLOCKS = 2048;
/** SPDK resizes by the MiB. */
const LARGER = 4096;
const WRITE_SECONDS = 30;
/** How long after a create without an answer its object may still appear. */
const AFTERMATH_MS = 2_000;

/**
 * Makes a null volume, which holds no data and takes no space, under an id of its own, and removes it whatever happens
 * in between. A signal never cuts a write off: its outcome would not be known.
 */
export async function roundTrip(agent: Agent, dialect: Dialect, stop: Stop): Promise<RoundTrip> {
  const impossible = whyUnavailable(dialect, type, "create") ?? whyUnavailable(dialect, type, "delete");
  if (impossible !== undefined) return { done: false, skipped: impossible, steps: [] };
  const id = `doctor-${randomBytes(5).toString("hex")}`;
  const trip = new Trip(agent, dialect, id);
  try {
    const worked = await trip.step("create", () => trip.create());
    for (const [name, work] of trip.uses()) if (worked && !stop.requested) await trip.step(name, work);
  } finally {
    await trip.cleanUp();
  }
  const { steps, object, left } = trip;
  const done = steps.every(({ outcome }) => outcome !== "fails") && !stop.requested && left === undefined;
  return {
    done,
    object,
    steps,
    ...(left === undefined ? {} : { left }),
    ...(stop.requested ? { interrupted: true } : {}),
  };
}

type Verdict = Pick<Step, "outcome" | "text">;
const works: Verdict = { outcome: "works" };

class Trip {
  readonly steps: Step[] = [];
  object: string;
  left?: string;
  /** Whether the agent may have the volume. */
  private maybeThere = false;
  private outcomeUnknown = false;

  constructor(
    private readonly agent: Agent,
    private readonly dialect: Dialect,
    private readonly id: string,
  ) {
    this.object = nameFor(dialect, type, id);
  }

  /** @returns whether it can go on */
  async step(step: Step["step"], work: () => Promise<Verdict>): Promise<boolean> {
    const started = performance.now();
    let verdict: Verdict;
    try {
      verdict = await work();
    } catch (error) {
      if (!(error instanceof OpiError)) throw error;
      verdict = { outcome: "fails", text: `${status[error.code]}: ${error.detail}` };
    }
    const took = verdict.outcome === "skipped" ? {} : { milliseconds: performance.now() - started };
    this.steps.push({ step, ...verdict, ...took });
    return verdict.outcome !== "fails";
  }

  async create(): Promise<Verdict> {
    this.maybeThere = true;
    try {
      const body = messageOf(type, { blockSize: BLOCK_SIZE, blocksCount: BLOCKS });
      const made = await this.agent.create(type, { id: this.id, body }, { timeout: WRITE_SECONDS });
      if (typeof made.name === "string" && made.name.includes("/")) this.object = made.name;
      return works;
    } catch (error) {
      this.outcomeUnknown = error instanceof OpiError && error.outcomeUnknown;
      // A refusal leaves nothing behind; of anything else that is not known.
      this.maybeThere = !(error instanceof OpiError) || this.outcomeUnknown || error.code === status.UNKNOWN;
      throw error;
    }
  }

  uses(): readonly (readonly [Step["step"], () => Promise<Verdict>])[] {
    return [
      ["read", () => this.read(BLOCKS)],
      ["update", () => this.update()],
      ["list", () => this.list()],
      ["stats", () => this.stats()],
    ];
  }

  /** Deletes what was made, and makes sure. */
  async cleanUp(): Promise<void> {
    if (!this.maybeThere) return;
    const worked = await this.step("delete", () => this.remove());
    if (!worked) {
      const { text } = this.steps.at(-1) ?? {};
      this.left =
        `${type.noun} ${this.object} on agent ${this.agent.address}${this.outcomeUnknown ? ", perhaps" : ""} ` +
        `(${text ?? "it could not be deleted"}). Remove it by ${type.methods.delete?.rpc.slice(1) ?? "Delete"} with ` +
        `name "${this.object}", or bdev_null_delete in SPDK`;
    }
  }

  private async read(blocks: number): Promise<Verdict> {
    return compare(await this.agent.get(type, this.object), blocks);
  }

  private async update(): Promise<Verdict> {
    const why = whyUnavailable(this.dialect, type, "update");
    if (why !== undefined) return { outcome: "skipped", text: why };
    if (!updates(this.dialect, type, "blocksCount")) {
      return { outcome: "skipped", text: `${this.dialect.name} agents change no null volume in place` };
    }
    const body = messageOf(type, { blockSize: BLOCK_SIZE, blocksCount: LARGER }, this.object);
    await this.agent.update(type, body, ["blocks_count"], { timeout: WRITE_SECONDS });
    const after = await this.read(LARGER);
    return after.outcome === "works" ? works : { ...after, text: `it answered OK, and then ${after.text ?? ""}` };
  }

  private async list(): Promise<Verdict> {
    const entries = await this.agent.list(type);
    const isOwn = ({ name }: WireMessage): boolean => name === this.object || name === this.id;
    return entries.some(isOwn) ? works : { outcome: "differs", text: `${this.object} is not among the entries` };
  }

  private async stats(): Promise<Verdict> {
    const why = whyUnavailable(this.dialect, type, "stats");
    if (why !== undefined) return { outcome: "skipped", text: why };
    await this.agent.stats(type, this.object);
    return works;
  }

  private async remove(): Promise<Verdict> {
    const gone = await this.deleteOnce();
    if (this.outcomeUnknown && gone === "missing") {
      await new Promise((resolve) => setTimeout(resolve, AFTERMATH_MS));
      await this.deleteOnce();
    }
    // An OK proves nothing by itself; what cannot be read any more is gone.
    try {
      await this.agent.get(type, this.object);
    } catch (error) {
      if (error instanceof OpiError && isMissing(this.dialect, error)) return works;
      throw error;
    }
    return { outcome: "fails", text: "it answered OK, and the volume can still be read" };
  }

  private async deleteOnce(): Promise<"deleted" | "missing"> {
    try {
      await this.agent.delete(type, this.object, { timeout: WRITE_SECONDS });
      return "deleted";
    } catch (error) {
      if (error instanceof OpiError && isMissing(this.dialect, error)) return "missing";
      throw error;
    }
  }
}

function compare(message: WireMessage, blocks: number): Verdict {
  const { blockSize, blocksCount } = propertiesOf(type, message);
  if (blockSize === BLOCK_SIZE && blocksCount === blocks) return works;
  const found = `${quote(blockSize)} × ${quote(blocksCount)}`;
  return { outcome: "differs", text: `a volume of ${BLOCK_SIZE} × ${blocks} blocks reads as ${found}` };
}

const quote = (value: PropertyValue | undefined): string => (value === undefined ? "nothing" : JSON.stringify(value));
