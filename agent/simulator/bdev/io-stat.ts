/** Counters of one kind of I/O, in SPDK's terms: latencies are sums in ticks. */
class Counter {
  ops = 0;
  bytes = 0;
  latencyTicks = 0;
  maxLatencyTicks = 0;
  minLatencyTicks = 0;

  count(bytes: number, ticks: number): void {
    this.ops++;
    this.bytes += bytes;
    this.latencyTicks += ticks;
    this.maxLatencyTicks = Math.max(this.maxLatencyTicks, ticks);
    this.minLatencyTicks = this.minLatencyTicks === 0 ? ticks : Math.min(this.minLatencyTicks, ticks);
  }

  resetExtremes(): void {
    this.maxLatencyTicks = 0;
    this.minLatencyTicks = 0;
  }
}

export const RESET_MODES = ["all", "maxmin", "error", "none"] as const;
export type ResetMode = (typeof RESET_MODES)[number];

/** I/O counters of a bdev, as bdev_get_iostat reports them. */
export class IoStat {
  private read = new Counter();
  private write = new Counter();
  private unmap = new Counter();
  private copy = new Counter();

  countRead(bytes: number, ticks: number): void {
    this.read.count(bytes, ticks);
  }

  countWrite(bytes: number, ticks: number): void {
    this.write.count(bytes, ticks);
  }

  /** Nothing in the simulator fails, so there are no errors to forget. */
  reset(mode: ResetMode): void {
    if (mode === "error" || mode === "none") return;
    if (mode === "all") {
      this.read = new Counter();
      this.write = new Counter();
      this.unmap = new Counter();
      this.copy = new Counter();
    } else for (const counter of [this.read, this.write, this.unmap, this.copy]) counter.resetExtremes();
  }

  toJSON(): Record<string, unknown> {
    const { read, write, unmap, copy } = this;
    return {
      bytes_read: read.bytes,
      num_read_ops: read.ops,
      bytes_written: write.bytes,
      num_write_ops: write.ops,
      bytes_unmapped: unmap.bytes,
      num_unmap_ops: unmap.ops,
      bytes_copied: copy.bytes,
      num_copy_ops: copy.ops,
      ...latencies("read", read),
      ...latencies("write", write),
      ...latencies("unmap", unmap),
      ...latencies("copy", copy),
      io_error: {},
    };
  }
}

function latencies(kind: string, counter: Counter): Record<string, number> {
  return {
    [`${kind}_latency_ticks`]: counter.latencyTicks,
    [`max_${kind}_latency_ticks`]: counter.maxLatencyTicks,
    [`min_${kind}_latency_ticks`]: counter.minLatencyTicks,
  };
}
