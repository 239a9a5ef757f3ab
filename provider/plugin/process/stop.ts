/** The engine kills a plugin 5 seconds after its SIGINT. */
const PATIENCE_MS = 4_000;
const WATCH_MS = 1_000;

/**
 * Ends the process cleanly on SIGINT and SIGTERM, and when the engine that started it is gone: a plugin that outlives
 * its engine would hold connections, and locks of agents, for nobody.
 */
export function onStop(hasEngine: boolean, finish: () => Promise<void>): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), PATIENCE_MS).unref();
    finish().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  if (!hasEngine) return;
  // An orphan gets another parent; nothing else tells of an engine that was killed.
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) stop();
  }, WATCH_MS).unref();
}
