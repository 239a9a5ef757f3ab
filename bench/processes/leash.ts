/** The child's side of `startChild`: says something to the parent. */
export function tell(message: object): void {
  process.send?.(message);
}

/** What to end when the parent lets go, or is gone. */
export function onRelease(stop: () => Promise<void>): void {
  process.once("disconnect", () => void stop().finally(() => process.exit()));
}
