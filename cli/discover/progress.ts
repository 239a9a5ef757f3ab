const INTERVAL_MILLISECONDS = 2_000;

/** Tells how far a long walk has come: a line every two seconds, and none for what is over before. */
export class Progress {
  private current = "";
  private count = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly say: (line: string) => void) {
    this.timer = setInterval(() => this.tell(), INTERVAL_MILLISECONDS);
    this.timer.unref();
  }

  /** A new kind of object begins. */
  begin(noun: string): void {
    this.current = noun;
  }

  /** One more object is read. */
  step(): void {
    this.count++;
  }

  end(): void {
    clearInterval(this.timer);
  }

  private tell(): void {
    this.say(`  … ${this.count} objects read, now ${this.current}`);
  }
}
