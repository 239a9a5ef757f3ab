import { SpdkError, SpdkTransportError, type SpdkCaller } from "../spdk";

/** How a call fails: SPDK refuses it, or does it and the answer gets lost. */
export type Fault = "refused" | "lost";

/** Lets one call that changes something fail, and all others pass. */
export class FaultySpdk implements SpdkCaller {
  private countdown = 0;
  private fault: Fault = "refused";
  /** The verb that failed; undefined as long as none did. */
  failed: string | undefined;

  constructor(private readonly spdk: SpdkCaller) {}

  /** The n-th changing call from now on fails, counted from 1. */
  failAt(call: number, fault: Fault): void {
    this.countdown = call;
    this.fault = fault;
    this.failed = undefined;
  }

  async call<T>(verb: string, params?: object): Promise<T> {
    if (isRead(verb) || this.countdown === 0 || --this.countdown > 0) return this.spdk.call<T>(verb, params);
    this.failed = verb;
    if (this.fault === "refused") throw new SpdkError(verb, -32603, "injected fault");
    // A refusal is an answer that can get lost, too.
    await this.spdk.call<T>(verb, params).catch(() => undefined);
    throw new SpdkTransportError(verb, true, "injected fault");
  }

  close(): Promise<void> {
    return this.spdk.close();
  }
}

function isRead(verb: string): boolean {
  return /_get(_|$)/.test(verb);
}
