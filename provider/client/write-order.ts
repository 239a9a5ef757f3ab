import { status } from "@grpc/grpc-js";
import { Mutex, Semaphore } from "async-mutex";
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { rmdir } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { lock } from "proper-lockfile";
import { cancelled, untilAborted } from "./abort";
import { CallError } from "./call-error";

const mutexes = new Map<string, Mutex>();

/** Reads of this process that may be under way at one agent while nothing is written; a write takes all the places. */
const PLACES = 256;
const gates = new Map<string, Semaphore>();

/** A lock whose holder has not touched it for so long is the holder's that died: it is taken over. */
const STALE_MS = 10_000;

/**
 * Runs `write` when no other write to this agent is under way, in this process or in another of this user on this
 * machine (DESIGN.md, rule 8): real agents break under concurrent writes (recordings/bridge-grpc.jsonl:
 * special.concurrency), and the engine starts a plugin process for each provider instance.
 *
 * @param address canonical address of the agent
 * @param seconds how long to wait for the turn
 * @throws CallError when the turn does not come, or the signal aborts while waiting
 */
export async function inTurn<T>(
  address: string,
  seconds: number,
  signal: AbortSignal | undefined,
  write: () => Promise<T>,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  const mutex = mutexes.get(address) ?? new Mutex();
  mutexes.set(address, mutex);
  const turn = mutex.acquire();
  let release: () => void;
  try {
    release = await untilAborted(withDeadline(turn, deadline, "another write of this process"), signal);
  } catch (error) {
    // The turn still comes, to nobody: it is passed on.
    void turn.then((passOn) => passOn());
    throw error;
  }
  try {
    const unlock = await lockAcrossProcesses(address, deadline, signal);
    try {
      return await through(address, PLACES, signal, write);
    } finally {
      await unlock();
    }
  } finally {
    release();
  }
}

/**
 * Runs `read` when no write of this process to this agent is under way, and beside other reads. Agents without locks
 * break not only under two writes, but under a read during one as well (recordings/bridge-grpc.jsonl:
 * special.concurrent, "concurrent map read and map write").
 *
 * @throws CallError when the signal aborts while waiting
 */
export function betweenWrites<T>(address: string, signal: AbortSignal | undefined, read: () => Promise<T>): Promise<T> {
  return through(address, 1, signal, read);
}

/** Whoever comes first goes first, so that neither reads nor writes wait for ever. */
async function through<T>(
  address: string,
  places: number,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const gate = gates.get(address) ?? new Semaphore(PLACES);
  gates.set(address, gate);
  const turn = gate.acquire(places);
  let leave: () => void;
  try {
    [, leave] = await untilAborted(turn, signal);
  } catch (error) {
    void turn.then(([, passOn]) => passOn());
    throw error;
  }
  try {
    return await work();
  } finally {
    leave();
  }
}

async function lockAcrossProcesses(
  address: string,
  deadline: number,
  signal: AbortSignal | undefined,
): Promise<() => Promise<void>> {
  const folder = lockFolder();
  const file = join(folder, createHash("sha256").update(address).digest("hex").slice(0, 32));
  for (let wait = 5; ; wait = Math.min(wait * 1.5, 100)) {
    if (signal?.aborted) throw cancelled();
    try {
      assertOwn(folder);
      const release = await lock(file, {
        realpath: false,
        stale: STALE_MS,
        // Losing the lock means this process stood still for so long that another took over. The lock is advisory, and
        // the write is under way: nothing better can be done than to finish it.
        onCompromised: () => undefined,
      });
      writeFileSync(file, JSON.stringify({ pid: process.pid, since: Date.now() }), { mode: 0o600 });
      return async () => {
        rmSync(file, { force: true });
        // Releasing a lock that was taken over fails; it is the other's then.
        await release().catch(() => undefined);
        // The last one leaves nothing behind; while others hold or wait for locks here, or have gone too, this fails.
        await rmdir(folder).catch(() => undefined);
      };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // ENOENT: the folder went between two steps, as the last writer left.
      if (code !== "ELOCKED" && code !== "ENOENT") throw error instanceof CallError ? error : unusable(error);
    }
    if (Date.now() >= deadline) {
      throw new CallError({
        code: status.ABORTED,
        notSent: true,
        detail: `waited too long for its turn to write: ${holder(file)} is writing to the agent`,
        remedy: "Let the other run finish, or end that process, and try again.",
      });
    }
    // Jitter, so that no process among many is always late.
    await untilAborted(sleep(wait * (0.5 + Math.random())), signal);
  }
}

/** Where this user's locks lie: others' must not stop us, nor ours theirs. */
function lockFolder(): string {
  const { uid, username } = userInfo();
  return join(temporaryFolder(), `pulumi-opi-${uid >= 0 ? uid : username}`);
}

const temporaryFolder = (): string => process.env.TMPDIR || tmpdir();

/** Makes the folder, and sees to it that nobody else can write to it. @throws ENOENT when it has just been removed */
function assertOwn(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw unusable(error);
  }
  const { uid } = userInfo();
  const found = lstatSync(folder);
  const foreign = uid >= 0 && (found.uid !== uid || (found.mode & 0o022) !== 0);
  if (!found.isDirectory() || foreign) {
    throw new CallError({
      code: status.FAILED_PRECONDITION,
      notSent: true,
      detail: `the folder for locks, ${folder}, is not this user's alone`,
      remedy: "Remove it, or set TMPDIR to a folder of your own.",
    });
  }
}

function holder(file: string): string {
  try {
    const { pid, since } = JSON.parse(readFileSync(file, "utf8")) as { pid: number; since: number };
    return `process ${pid}, for ${Math.round((Date.now() - since) / 1000)} s,`;
  } catch {
    return "another process";
  }
}

function unusable(error: unknown): CallError {
  const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
  return new CallError({
    code: status.FAILED_PRECONDITION,
    notSent: true,
    detail: `the lock that orders writes cannot be taken in ${temporaryFolder()} (${code})`,
    remedy: "Make that folder writable, or set TMPDIR to one that is.",
  });
}

async function withDeadline<T>(work: Promise<T>, deadline: number, blocker: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new CallError({
            code: status.ABORTED,
            notSent: true,
            detail: `waited too long for its turn to write: ${blocker} is still under way`,
            remedy: "Raise agent.deadlines.write, or look why the agent is slow.",
          }),
        ),
      Math.max(0, deadline - Date.now()),
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
