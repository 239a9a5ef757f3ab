import { execFile } from "node:child_process";

import type { Logger } from "pino";

/** The tool waits until systemd has heard it; a systemd that does not listen must not keep the agent. */
const PATIENCE_MS = 5_000;

/**
 * What systemd (sd_notify(3), Type=notify) is told: that the agent is ready, that it stops, and, for its watchdog, that
 * it lives. Node has no unix datagram sockets, so systemd's own tool says it; the unit must allow that with
 * NotifyAccess=all. Without a NOTIFY_SOCKET nothing is said.
 */
export class ServiceManager {
  private watchdog: NodeJS.Timeout | undefined;
  private told = Promise.resolve();

  constructor(
    private readonly log: Logger,
    private readonly environment: NodeJS.ProcessEnv = process.env,
  ) {}

  ready(status: string): Promise<void> {
    // Half the time that systemd allows, as sd_watchdog_enabled(3) asks for.
    const { WATCHDOG_USEC: allowed, WATCHDOG_PID: whose } = this.environment;
    const everyMs = Number(allowed ?? 0) / 1000 / 2;
    if (everyMs > 0 && (whose === undefined || Number(whose) === process.pid)) {
      this.watchdog = setInterval(() => void this.tell("WATCHDOG=1"), everyMs);
      this.watchdog.unref();
    }
    return this.tell("READY=1", `STATUS=${status}`);
  }

  stopping(): Promise<void> {
    clearInterval(this.watchdog);
    // As a variable: the tool has an option for it only since version 253.
    return this.tell("STOPPING=1");
  }

  /** One after another: systemd must not hear of the stop before it hears of the start. */
  private tell(...words: readonly string[]): Promise<void> {
    if (!this.environment.NOTIFY_SOCKET) return Promise.resolve();
    return (this.told = this.told.then(
      () =>
        new Promise((resolve) => {
          execFile("systemd-notify", words, { env: this.environment, timeout: PATIENCE_MS }, (error) => {
            if (error !== null) this.log.warn({ reason: error.message }, "systemd could not be told");
            resolve();
          });
        }),
    ));
  }
}
