import type { Logger } from "pino";

import { SpdkBusyError, SpdkError, SpdkTransportError, type SpdkCaller, type SpdkCallOptions } from "../spdk";

/** How a call to SPDK ended: `refused` is an answer too, `lost` is none. */
export type SpdkOutcome = "ok" | "refused" | "lost";

export interface SpdkWatchOptions {
  readonly log: Logger;
  readonly ended?: (verb: string, outcome: SpdkOutcome, seconds: number) => void;
  /** Called when SPDK goes and when it comes back; not for the state at the start, which is there. */
  readonly changed: (reachable: boolean) => void;
  /** How often SPDK is asked whether it is there while nothing else asks it, and how long it may take. */
  readonly probeMs?: number;
}

/** SPDK answers within milliseconds; its socket is polled every 4 ms. */
const PROBE_MS = 2_000;
/** Between probes that failed. */
const PAUSE_MS = 100;

/**
 * SPDK as the agent sees it: each call is measured, and whether it is there at all is known, within seconds also when
 * nobody calls. The connection alone does not tell: an SPDK that hangs keeps it open.
 */
export class WatchedSpdk implements SpdkCaller {
  private isReachable = true;
  private pending = 0;
  private lastAnswer = performance.now();
  private timer: NodeJS.Timeout | undefined;
  private probing = false;
  private closed = false;
  private readonly probeMs: number;

  constructor(
    private readonly spdk: SpdkCaller,
    private readonly options: SpdkWatchOptions,
  ) {
    this.probeMs = options.probeMs ?? PROBE_MS;
    this.probeAfter(this.probeMs);
  }

  get reachable(): boolean {
    return this.isReachable;
  }

  /** Calls at SPDK or on their way. */
  get underWay(): number {
    return this.pending;
  }

  async call<T = unknown>(verb: string, params?: object, options?: SpdkCallOptions): Promise<T> {
    const began = performance.now();
    this.pending += 1;
    try {
      const result = await this.spdk.call<T>(verb, params, options);
      this.ended(verb, "ok", began);
      return result;
    } catch (error) {
      this.ended(verb, error instanceof SpdkError ? "refused" : "lost", began, error);
      throw error;
    } finally {
      this.pending -= 1;
    }
  }

  /** Ends the watch; what it watches belongs to whoever made it. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private ended(verb: string, outcome: SpdkOutcome, began: number, error?: unknown): void {
    const seconds = (performance.now() - began) / 1000;
    this.options.ended?.(verb, outcome, seconds);
    // Neither parameters nor results, which can hold keys, nor SPDK's own text, which can quote them.
    const problem = error instanceof SpdkError ? { errorCode: error.code } : {};
    this.options.log.debug({ verb, outcome, ...problem, milliseconds: Math.round(seconds * 10_000) / 10 }, "SPDK");
    if (outcome !== "lost") {
      this.lastAnswer = performance.now();
      this.tell(true);
    } else if (error instanceof SpdkTransportError && !(error instanceof SpdkBusyError)) {
      // It may be one slow verb, or one that its caller gave up: a question of its own decides.
      void this.probe();
    }
  }

  private tell(reachable: boolean): void {
    if (this.isReachable === reachable || this.closed) return;
    this.isReachable = reachable;
    if (reachable) this.options.log.info("SPDK is back");
    else this.options.log.error("SPDK does not answer");
    this.options.changed(reachable);
  }

  private probeAfter(milliseconds: number): void {
    if (this.closed) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.probe(), milliseconds);
    this.timer.unref();
  }

  private async probe(): Promise<void> {
    if (this.probing || this.closed) return;
    const silence = performance.now() - this.lastAnswer;
    if (this.isReachable && this.pending === 0 && silence < this.probeMs) {
      this.probeAfter(this.probeMs - silence);
      return;
    }
    this.probing = true;
    try {
      await this.spdk.call("spdk_get_version", undefined, { timeoutMs: this.probeMs });
      this.lastAnswer = performance.now();
      this.tell(true);
    } catch (error) {
      // A full queue tells nothing of SPDK.
      if (!(error instanceof SpdkBusyError)) this.tell(error instanceof SpdkError);
    } finally {
      this.probing = false;
      this.probeAfter(this.isReachable ? this.probeMs : PAUSE_MS);
    }
  }
}
