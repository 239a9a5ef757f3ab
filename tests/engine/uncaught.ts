import { setImmediate as nextTurn, setTimeout as delay } from "node:timers/promises";

const eventNames = ["uncaughtException", "unhandledRejection"] as const;

/** How long registrations of a failed program may still hear that its engine is gone, in milliseconds. */
const AFTERMATH = 500;

interface Stray {
  readonly eventName: (typeof eventNames)[number];
  readonly details: readonly unknown[];
}

/**
 * While `work` runs an inline program, uncaught errors of this process go to the handlers that Pulumi's runtime has
 * registered, as they do in a program's own process, and not to jest, which would fail the test for them. Those that
 * nobody has handled are given to jest afterwards, unless the run failed and so has told of its error already.
 */
export async function withUncaughtErrorsForPulumi<T>(
  work: () => Promise<T>,
  failed: (result: T) => boolean,
): Promise<T> {
  const host = hostProcess();
  const strays: Stray[] = [];
  const before = eventNames.map((eventName) => {
    // Raw, because jest registers some of them for one call only.
    const listeners = host.rawListeners(eventName);
    host.removeAllListeners(eventName);
    host.on(eventName, (...details: readonly unknown[]) => {
      if (!Reflect.apply(process.emit, process, [eventName, ...details])) strays.push({ eventName, details });
    });
    return { eventName, listeners };
  });
  const restore = (): void => {
    for (const { eventName, listeners } of before) {
      host.removeAllListeners(eventName);
      // The same functions that were there; Node types them no closer than `Function`.
      for (const listener of listeners) host.on(eventName, listener as (...details: unknown[]) => void);
    }
  };
  try {
    const result = await work();
    // Node tells of rejections between two turns of the event loop.
    await (failed(result) ? delay(AFTERMATH) : nextTurn());
    restore();
    if (!failed(result))
      for (const { eventName, details } of strays) Reflect.apply(host.emit, host, [eventName, ...details]);
    return result;
  } finally {
    restore();
  }
}

function hostProcess(): NodeJS.Process {
  const { hostProcess: host } = globalThis as { readonly hostProcess?: NodeJS.Process };
  if (host === undefined)
    throw new Error("Engine tests need `testEnvironment` of jest.config.ts: tests/engine/jestEnvironment.ts");
  return host;
}
