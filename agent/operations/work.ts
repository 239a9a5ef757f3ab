/** What methods do. It outlives their calls: a client may give a call up in the midst of it, or its deadline may pass. */
export class Work {
  private readonly running = new Set<Promise<unknown>>();

  add<T>(work: Promise<T>): Promise<T> {
    this.running.add(work);
    const done = (): void => void this.running.delete(work);
    work.then(done, done);
    return work;
  }

  /** Resolves with what is still running: nothing, or what has not ended in that time. */
  async rest(withinMs: number): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, withinMs)));
    await Promise.race([Promise.allSettled(this.running), late]);
    clearTimeout(timer);
    return this.running.size;
  }
}
