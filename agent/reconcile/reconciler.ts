import type { Mutex, Semaphore } from "async-mutex";
import type { Logger } from "pino";

import { unavailable } from "../aip/status";
import type { AnyKind, Environment } from "../kinds/kind";
import { discardHiddenSubsystems } from "../kinds/idle-limit";
import { sweepHostKeys } from "../kinds/nvme-host";
import { attemptSteps } from "../saga/steps";
import { SpdkTransportError } from "../spdk";
import type { StoredObject } from "../store/store";
import { Attaching } from "./attaching";
import { inOrder, needsOf, pathsBelow } from "./order";
import { Pause } from "./pause";
import { settle } from "./settling";
import { Troubles, type Trouble } from "./troubles";

/** What came of comparing the store with SPDK, counted since the comparison began. */
export interface ReconcileCounts {
  /** Objects that SPDK still had. */
  readonly recognised: number;
  /** Objects that SPDK had lost, in whole or in part, and has again. */
  readonly recreated: number;
  /** Changes that had been cut off and were taken back, completed or settled. */
  readonly rolledBack: number;
  /** Objects that SPDK does not have as they should be. */
  readonly failed: number;
  /** Objects that are still being attached, and those that need them. */
  readonly waiting: number;
}

export interface ReconcilerContext {
  readonly environment: Environment;
  readonly kinds: readonly AnyKind[];
  /** Held while anything is changed. */
  readonly writes: Mutex;
  readonly lookUps: Semaphore;
  readonly log: Logger;
  /** Hears why calls are held back; undefined once they are not any more. */
  readonly paused: (reason: string | undefined) => void;
}

/** Pause between attempts while SPDK does not answer; the client of SPDK has a longer one of its own. */
const PAUSE_MS = 100;
/** First and longest pause before what failed is tried again. */
const RETRY_MS = { first: 2_000, longest: 300_000 };
/** How long an SPDK that is there may take to say so. */
const ANSWER_MS = 5_000;

/**
 * Brings SPDK and the store together: at the start, when SPDK comes back after it was gone, and from time to time for
 * what failed before. What SPDK has is left as it is; what it lost is made again; what was cut off is settled.
 */
export class Reconciler {
  private readonly troubles = new Troubles();
  private readonly pause: Pause;
  private readonly attaching: Attaching;
  private readonly kindOf: ReadonlyMap<string, AnyKind>;
  private recognised = 0;
  private recreated = 0;
  private rolledBack = 0;
  private running: Promise<void> | undefined;
  private requests = 0;
  private retries = 0;
  private retryTimer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly context: ReconcilerContext) {
    this.pause = new Pause(context.paused);
    this.kindOf = new Map(context.kinds.map((kind) => [kind.type, kind]));
    this.attaching = new Attaching((name) => this.makeAlone(name));
  }

  get counts(): ReconcileCounts {
    const { recognised, recreated, rolledBack, troubles } = this;
    const waiting = troubles.count("waiting");
    return { recognised, recreated, rolledBack, failed: troubles.names.length - waiting, waiting };
  }

  /** At the start of the agent: resolves when calls may act, or before when SPDK went away meanwhile. */
  async start(): Promise<void> {
    const { store } = this.context.environment;
    if (store.all().length === 0 && store.allBegun().length === 0) return;
    void this.reconcile("the agent has started and compares its objects with SPDK's");
    await this.pause.over().catch(() => undefined);
  }

  /** SPDK's connection was lost: it may have been restarted, and then it has forgotten everything. */
  spdkLost(): void {
    if (!this.stopped)
      void this.reconcile("SPDK cannot be reached, or has just come back and is compared with the agent's objects");
  }

  /** Waits until calls may act, and until nothing is under way on the objects in the background. */
  async ready(...names: readonly string[]): Promise<void> {
    await this.pause.over();
    await this.attaching.over(names);
  }

  /** Under the lock of writes: ends what an earlier change of the objects left, or says why that cannot be. */
  async prepare(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      this.refuseNow(name);
      if (this.context.environment.store.begun(name) === undefined) continue;
      await this.settleOne(name);
      this.retrySoon();
    }
  }

  /**
   * As {@link prepare}, for an object that is to go: an update that cannot be settled does not keep it.
   *
   * @returns the object as such an update would have made it; what of that is in SPDK must go, too
   */
  async prepareToDelete(name: string): Promise<StoredObject | undefined> {
    this.refuseNow(name);
    const intent = this.context.environment.store.begun(name);
    try {
      await this.prepare(name);
      return undefined;
    } catch (error) {
      if (intent?.action !== "update") throw error;
      return intent.after;
    }
  }

  private refuseNow(name: string): void {
    if (this.pause.isOn) throw unavailable("SPDK is being compared with the agent's objects; try again soon");
    if (this.attaching.has(name)) throw unavailable(`${name} is being attached in the background; try again soon`);
  }

  /** Whether something is under way on one of the objects in the background. */
  isBusy(...names: readonly string[]): boolean {
    return names.some((name) => this.attaching.has(name));
  }

  /**
   * Makes an object that waits for other machines, without the lock: changes of it, of its parent and of its siblings
   * wait until the work has ended, everything else goes on. `work` hears at its end whether SPDK went away meanwhile.
   */
  attach<T>(name: string, parent: string, work: (spdkWentAway: () => boolean) => Promise<T>): Promise<T> {
    const { requests } = this;
    return this.attaching.run(name, parent, () => work(() => this.requests !== requests));
  }

  troubleOf(name: string): Trouble | undefined {
    return this.troubles.get(name);
  }

  /** What a read of the object answers instead of it. */
  statusOf(name: string): Error | undefined {
    return this.troubles.statusOf(name);
  }

  /** The object was changed or is gone: what was wrong with it is over, and what needs it may be made now. */
  mended(name: string): void {
    if (!this.troubles.has(name)) return;
    this.troubles.clear(name);
    this.retrySoon();
  }

  /** Something could not be taken back. */
  retrySoon(): void {
    this.retries = 0;
    this.retryLater();
  }

  /** Nothing new is begun from here on. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.retryTimer);
  }

  /** Resolves when nothing is under way any more; SPDK's client must be closed by then, or a machine is waited for. */
  async ended(): Promise<void> {
    await this.running;
    await this.attaching.ended();
  }

  private reconcile(reason: string): Promise<void> {
    this.requests++;
    this.pause.begin(reason);
    this.running ??= this.run().finally(() => (this.running = undefined));
    return this.running;
  }

  private async run(): Promise<void> {
    const { writes, environment, log } = this.context;
    for (let handled = -1; handled !== this.requests && !this.stopped;) {
      const requests = this.requests;
      try {
        await environment.spdk.version({ timeoutMs: ANSWER_MS });
        await writes.runExclusive(() => this.compareAll());
        handled = requests;
      } catch (error) {
        if (this.stopped) break;
        if (!(error instanceof SpdkTransportError)) log.error({ reason: textOf(error) }, "comparing with SPDK failed");
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
    this.pause.finish();
    this.retries = 0;
    this.retryLater();
  }

  /** Everything but what waits for other machines, which goes on in the background. */
  private async compareAll(): Promise<void> {
    [this.recognised, this.recreated, this.rolledBack] = [0, 0, 0];
    await discardHiddenSubsystems(this.context.environment.spdk);
    await this.settleAll();
    await sweepHostKeys(this.context.environment).catch((error: unknown) => {
      if (error instanceof SpdkTransportError) throw error;
      this.context.log.warn({ reason: textOf(error) }, "keys that may have been left cannot be looked for");
    });
    const { whole, lost } = await this.look();
    this.recognised += whole;
    await this.makeAgain(lost);
    this.context.log.info(this.counts, "compared with SPDK");
  }

  /** How many objects SPDK has, and which it has not. */
  private async look(): Promise<{ readonly whole: number; readonly lost: readonly StoredObject[] }> {
    const { environment, lookUps } = this.context;
    const objects = inOrder(environment.store).filter(({ name }) => !this.attaching.has(name));
    const isWhole = async (object: StoredObject): Promise<boolean> => {
      try {
        return (await this.kind(object).inspect(object, environment)).found === "whole";
      } catch (error) {
        // What SPDK refuses to tell of one object, such as by a verb that it lacks, is no matter of the others.
        if (error instanceof SpdkTransportError) throw error;
        return false;
      }
    };
    const found = await Promise.all(objects.map((object) => lookUps.runExclusive(() => isWhole(object))));
    const lost = objects.filter((object, at) => {
      if (!found[at]) return true;
      this.troubles.clear(object.name);
      return false;
    });
    return { whole: objects.length - lost.length, lost };
  }

  /** Makes what SPDK lacks, in this order. What takes long is left to the background, and so is what needs it. */
  private async makeAgain(objects: readonly StoredObject[]): Promise<void> {
    const slow: StoredObject[] = [];
    for (const object of objects) {
      const trouble = this.troubleAbove(object);
      if (trouble !== undefined) this.fail(object, trouble);
      else if (this.kind(object).slow === true) {
        this.troubles.set(object.name, { kind: "waiting", reason: "it is being attached" });
        slow.push(object);
      } else await this.make(object);
    }
    if (!this.stopped)
      for (const { name, parent } of slow)
        this.attaching.add(name, parent, () => this.context.writes.runExclusive(() => this.makeWaiting()));
  }

  /** After something was attached, or could not be: what waited for it. */
  private async makeWaiting(): Promise<void> {
    const waiting = inOrder(this.context.environment.store).filter(
      ({ name }) => this.troubles.has(name) && !this.attaching.has(name) && this.troubles.get(name)?.kind === "waiting",
    );
    await this.makeAgain(waiting.filter((object) => this.kind(object).slow !== true));
    if (!this.attaching.any) this.context.log.info(this.counts, "attached what could be");
  }

  /** In the background, without the lock: others must not wait for a machine that does not answer. */
  private async makeAlone(name: string): Promise<void> {
    const object = this.context.environment.store.get(name);
    if (object !== undefined && !this.stopped)
      await this.make(object).catch((error: unknown) => this.fail(object, error));
  }

  /** Makes one object whole. Throws only when SPDK is gone. */
  private async make(object: StoredObject): Promise<void> {
    const { environment, log } = this.context;
    const kind = this.kind(object);
    try {
      const presence = await kind.inspect(object, environment);
      if (presence.found === "other") {
        this.fail(object, { kind: "foreign", reason: presence.what });
        return;
      }
      if (presence.found === "whole") {
        this.recognised++;
        this.troubles.clear(object.name);
        return;
      }
      const outcome = await attemptSteps(await presence.steps(), log);
      if (!outcome.done) throw outcome.error;
      this.recreated++;
      this.troubles.clear(object.name);
      log.info({ name: object.name, had: presence.found }, "made again in SPDK");
      if (kind.losesContents === true)
        log.warn({ name: object.name }, "it is empty: its contents were lost with the SPDK that held them");
    } catch (error) {
      this.fail(object, error);
      // One that is slow to answer is there; one that is gone is waited for.
      if (error instanceof SpdkTransportError) await environment.spdk.version({ timeoutMs: ANSWER_MS });
    }
  }

  private fail({ name }: StoredObject, problem: unknown): void {
    const trouble = isTrouble(problem) ? problem : { kind: "failed" as const, reason: textOf(problem) };
    const isNews = this.troubles.get(name)?.reason !== trouble.reason;
    this.troubles.set(name, trouble);
    if (trouble.kind !== "waiting" && isNews)
      this.context.log.error({ name, reason: trouble.reason }, "SPDK does not have an object that the agent knows");
  }

  /** What stands in the way of an object: the first thing it needs that SPDK does not have. */
  private troubleAbove(object: StoredObject): Trouble | undefined {
    const { store } = this.context.environment;
    for (const need of needsOf(object, store)) {
      const paths = pathsBelow(need, object, store);
      const ways = paths.length === 0 ? [need] : paths;
      const blocked = ways.map((way) => [way, this.troubles.get(way)] as const);
      const [first, trouble] = blocked.find(([, each]) => each?.kind === "waiting") ?? blocked[0] ?? [];
      if (trouble === undefined || blocked.some(([, each]) => each === undefined)) continue;
      const kind = trouble.kind === "waiting" ? "waiting" : "failed";
      return { kind, reason: `it needs ${first ?? need}, which SPDK does not have: ${trouble.reason}` };
    }
    return undefined;
  }

  private async settleAll(): Promise<void> {
    for (const { object } of this.context.environment.store.allBegun())
      // What is under way is settled by who began it, or later.
      if (!this.attaching.has(object.name))
        await this.settleOne(object.name).catch(async (error: unknown) => {
          const { log, environment } = this.context;
          log.error({ name: object.name, reason: textOf(error) }, "what was cut off cannot be settled yet");
          if (error instanceof SpdkTransportError) await environment.spdk.version({ timeoutMs: ANSWER_MS });
        });
  }

  private async settleOne(name: string): Promise<void> {
    const { environment, log } = this.context;
    const intent = environment.store.begun(name);
    if (intent === undefined) return;
    await settle(intent, this.kind(intent.object), environment, log);
    this.rolledBack++;
    if (intent.action === "delete") this.troubles.clear(name);
  }

  private retryLater(): void {
    clearTimeout(this.retryTimer);
    const { store } = this.context.environment;
    if (this.stopped || (this.troubles.names.length === 0 && store.allBegun().length === 0)) return;
    const delay = Math.min(RETRY_MS.longest, RETRY_MS.first * 2 ** Math.min(this.retries++, 10));
    this.retryTimer = setTimeout(() => void this.retry(), delay);
    this.retryTimer.unref();
  }

  /** Tries again what failed, without holding calls back for longer than any other write. */
  private async retry(): Promise<void> {
    if (this.stopped || this.pause.isOn) return;
    try {
      await this.context.writes.runExclusive(async () => {
        await this.settleAll();
        // All are looked at: an update that was settled may have left paths detached, and what hangs on them.
        await this.makeAgain((await this.look()).lost);
      });
    } catch {
      // SPDK is gone: losing its connection leads to a comparison by itself.
    }
    this.retryLater();
  }

  private kind(object: StoredObject): AnyKind {
    const kind = this.kindOf.get(object.type);
    if (kind === undefined) throw new Error(`${object.name} is of the unknown type ${object.type}`);
    return kind;
  }
}

function isTrouble(problem: unknown): problem is Trouble {
  return typeof problem === "object" && problem !== null && "kind" in problem && "reason" in problem;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
