/** Time as SPDK counts it: ticks of the processor's time stamp counter, of the recorded machine's rate. */
export class Clock {
  readonly tickRate = 2_600_000_000;

  get ticks(): number {
    return Number((process.hrtime.bigint() * BigInt(this.tickRate)) / 1_000_000_000n);
  }
}
