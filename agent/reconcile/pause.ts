import { unavailable } from "../aip/status";

/** Comparing takes milliseconds for each object; who waits longer hears why instead. */
const PATIENCE_MS = 10_000;

/** Holds calls back while SPDK and the store are brought together. */
export class Pause {
  private reason: string | undefined;
  private ended: Promise<void> = Promise.resolve();
  private end: () => void = () => undefined;

  /** `changed` hears the reason when a pause begins, and undefined at its end. */
  constructor(
    private readonly changed: (reason: string | undefined) => void,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  begin(reason: string): void {
    if (this.reason === undefined) this.ended = new Promise((resolve) => (this.end = resolve));
    this.reason = reason;
    this.changed(reason);
  }

  finish(): void {
    if (this.reason === undefined) return;
    this.reason = undefined;
    this.changed(undefined);
    this.end();
  }

  get isOn(): boolean {
    return this.reason !== undefined;
  }

  /** Resolves once calls may act; UNAVAILABLE with the reason when that takes too long. */
  async over(): Promise<void> {
    while (this.reason !== undefined) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<boolean>((resolve) => {
        timer = setTimeout(resolve, this.patienceMs, true);
        timer.unref();
      });
      const isLate = await Promise.race([this.ended.then(() => false), late]);
      clearTimeout(timer);
      if (isLate) throw unavailable(`${this.reason}; nothing was done, try again soon`);
    }
  }
}
