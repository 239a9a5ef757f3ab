/** The calls that are under way: Cancel ends them early, and the process ends after them. */
export class RunningCalls {
  private readonly calls = new Map<Promise<unknown>, AbortController>();

  async track<T>(work: (signal: AbortSignal) => Promise<T>, onAbandoned?: (abort: () => void) => void): Promise<T> {
    const controller = new AbortController();
    onAbandoned?.(() => controller.abort());
    const call = work(controller.signal);
    this.calls.set(call, controller);
    try {
      return await call;
    } finally {
      this.calls.delete(call);
    }
  }

  /** Lets every call end as soon as it can tell what it did. */
  abort(): void {
    for (const controller of this.calls.values()) controller.abort();
  }

  /** Ends when no call is under way any more. */
  async ended(): Promise<void> {
    while (this.calls.size > 0) await Promise.allSettled(this.calls.keys());
  }
}
