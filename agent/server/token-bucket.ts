/** How many calls may pass: so many a second on average, with bursts of at most `burst` at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** A token bucket. It knows no clock: whoever asks says what time it is, in milliseconds. */
export class TokenBucket {
  private level: number;

  constructor(
    private readonly rate: Rate,
    private at: number,
  ) {
    this.level = rate.burst;
  }

  /** Lets one call pass, or says in how many milliseconds the next one may. */
  take(now: number): { readonly passed: true } | { readonly passed: false; readonly waitMs: number } {
    const { perSecond, burst } = this.rate;
    this.level = Math.min(burst, this.level + (Math.max(0, now - this.at) * perSecond) / 1000);
    this.at = Math.max(this.at, now);
    if (this.level >= 1) {
      this.level -= 1;
      return { passed: true };
    }
    return { passed: false, waitMs: Math.max(1, Math.ceil(((1 - this.level) * 1000) / perSecond)) };
  }
}
