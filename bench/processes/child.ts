import { fork } from "node:child_process";

/** A program of this folder in a process of its own, so that what is measured shares no event loop with its caller. */
export interface Child<Told> {
  /** The first thing it said. */
  readonly told: Told;
  /** Everything it says afterwards; undefined when it ends first. */
  next(): Promise<unknown>;
  say(message: object): void;
  stop(): Promise<void>;
}

const STARTS_WITHIN_MS = 60_000;

/**
 * The channel is also the leash: a child ends when it closes, so none survives this process however it ends.
 *
 * @param file absolute path of a TypeScript program that calls `tell` when it is ready
 */
export async function startChild<Told>(file: string, args: readonly string[] = []): Promise<Child<Told>> {
  const child = fork(file, args, {
    execArgv: ["-r", "ts-node/register/transpile-only"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    serialization: "advanced",
  });
  const ended = new Promise<undefined>((resolve) => child.once("exit", () => resolve(undefined)));
  const heard: unknown[] = [];
  const listeners: ((message: unknown) => void)[] = [];
  child.on("message", (message) => {
    const listener = listeners.shift();
    if (listener === undefined) heard.push(message);
    else listener(message);
  });
  const next = (): Promise<unknown> =>
    heard.length > 0
      ? Promise.resolve(heard.shift())
      : Promise.race([ended, new Promise((resolve) => listeners.push(resolve))]);
  const stop = async (): Promise<void> => {
    if (child.connected) child.disconnect();
    await ended;
  };

  const late = setTimeout(() => child.kill(), STARTS_WITHIN_MS);
  const told = await next();
  clearTimeout(late);
  if (told === undefined) throw new Error(`${file} ended before it was ready`);
  // The program's own type; programs and callers stand side by side in this folder.
  return { told: told as Told, next, say: (message) => void child.send(message), stop };
}
