import { EventEmitter } from "node:events";

/**
 * Lets tests/engine run outside of jest. Under jest it needs the real process beside jest's copy of it, to which
 * Pulumi's runtime listens (tests/engine/uncaught.ts); here `process` is the real one, nothing stands beside it, and
 * Pulumi's handlers hear of everything by themselves.
 */
export function standInForJest(): void {
  Object.assign(globalThis, { hostProcess: new EventEmitter() });
}
