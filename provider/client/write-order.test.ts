import { status } from "@grpc/grpc-js";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CallError } from "./call-error";
import { betweenWrites, inTurn } from "./write-order";

const before = process.env.TMPDIR;
let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(before ?? tmpdir(), "opi-locks-"));
  process.env.TMPDIR = folder;
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }
  rmSync(folder, { recursive: true, force: true });
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
});

const lockFolder = () => join(folder, readdirSync(folder).find((name) => name.startsWith("pulumi-opi-")) ?? "");
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const failureOf = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof CallError) return error.failure;
  throw new Error(`expected a CallError, got ${String(error)}`);
};

function writer(address: string, log: string, writes: string): ChildProcess {
  const script = join(__dirname, "testing", "writer.ts");
  const register = require.resolve("ts-node/register/transpile-only");
  const child = spawn(process.execPath, ["-r", register, script, address, log, writes], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, TMPDIR: folder },
  });
  children.push(child);
  return child;
}
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(20);
}

test("writes of one process to one agent never overlap, and keep their order", async () => {
  const log: string[] = [];
  await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      inTurn("localhost:1", 10, undefined, async () => {
        log.push(`begin ${i}`);
        await pause(1);
        log.push(`end ${i}`);
      }),
    ),
  );
  expect(log).toEqual(Array.from({ length: 20 }, (_, i) => [`begin ${i}`, `end ${i}`]).flat());
});

test("writes to different agents do not wait for each other", async () => {
  await inTurn("localhost:1", 10, undefined, () => inTurn("localhost:2", 10, undefined, () => Promise.resolve()));
});

test("a write that fails passes the turn on, and nothing is left locked", async () => {
  await expect(inTurn("a:1", 10, undefined, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await inTurn("a:1", 10, undefined, () => Promise.resolve("next"))).toBe("next");
  expect(readdirSync(folder)).toEqual([]);
});

test("an abort ends the wait for a turn at once, and the turn goes to the next", async () => {
  let finish!: () => void;
  const first = inTurn("a:1", 10, undefined, () => new Promise<void>((resolve) => (finish = resolve)));
  const abort = new AbortController();
  const second = failureOf(inTurn("a:1", 10, abort.signal, () => Promise.resolve()));
  const third = inTurn("a:1", 10, undefined, () => Promise.resolve("third"));
  abort.abort();
  expect(await second).toMatchObject({ code: status.CANCELLED, notSent: true });
  await until(() => (finish as unknown) !== undefined);
  finish();
  await first;
  expect(await third).toBe("third");
});

test("waiting too long for another write of this process is an error that says so", async () => {
  let finish!: () => void;
  const first = inTurn("a:1", 10, undefined, () => new Promise<void>((resolve) => (finish = resolve)));
  const failure = await failureOf(inTurn("a:1", 0.05, undefined, () => Promise.resolve()));
  expect(failure).toMatchObject({
    code: status.ABORTED,
    notSent: true,
    detail: expect.stringContaining("this process"),
  });
  await until(() => (finish as unknown) !== undefined);
  finish();
  await first;
});

test("writes of several processes to one agent never overlap", async () => {
  const log = join(folder, "log");
  const processes = [writer("localhost:1", log, "20"), writer("localhost:1", log, "20")];
  const codes = await Promise.all(processes.map(async (child) => (await once(child, "exit"))[0] as number));
  expect(codes).toEqual([0, 0]);
  const lines = readFileSync(log, "utf8").trim().split("\n");
  expect(lines).toHaveLength(80);
  for (let i = 0; i < lines.length; i += 2) {
    const [begin, end] = lines.slice(i, i + 2);
    expect(begin?.startsWith("begin ")).toBe(true);
    expect(end).toBe(begin?.replace("begin", "end"));
  }
  expect(new Set(lines.map((line) => line.split(" ")[1])).size).toBe(2);
}, 60_000);

test("waiting too long for another process names it; a killed one's lock is taken over once it is stale", async () => {
  const log = join(folder, "log");
  const holder = writer("localhost:1", log, "hold");
  await until(() => existsSync(log));
  const failure = await failureOf(inTurn("localhost:1", 0.1, undefined, () => Promise.resolve()));
  expect(failure).toMatchObject({ code: status.ABORTED, notSent: true });
  expect(failure.detail).toContain(`process ${holder.pid ?? 0}, for `);

  holder.kill("SIGKILL");
  await once(holder, "exit");
  const lock = readdirSync(lockFolder()).find((name) => name.endsWith(".lock"));
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(join(lockFolder(), lock ?? ""), longAgo, longAgo);
  expect(await inTurn("localhost:1", 5, undefined, () => Promise.resolve("mine"))).toBe("mine");
}, 60_000);

/** Where the locks lie, seen from inside a write. */
async function whileWriting<T>(look: (path: string) => T): Promise<T> {
  return inTurn("a:1", 1, undefined, async () => look(lockFolder()));
}

test("locks lie in a folder that only this user can write to", async () => {
  expect(await whileWriting((path) => statSync(path).mode & 0o777)).toBe(0o700);
});

test("a folder for locks that others can write to is not used", async () => {
  const path = await whileWriting((where) => where);
  mkdirSync(path);
  chmodSync(path, 0o777);
  const failure = await failureOf(inTurn("a:1", 1, undefined, () => Promise.resolve()));
  expect(failure).toMatchObject({ code: status.FAILED_PRECONDITION, remedy: expect.stringContaining("TMPDIR") });
});

test("a link in place of the folder for locks is not followed", async () => {
  const path = await whileWriting((where) => where);
  mkdirSync(join(folder, "elsewhere"));
  symlinkSync(join(folder, "elsewhere"), path);
  const failure = await failureOf(inTurn("a:1", 1, undefined, () => Promise.resolve()));
  expect(failure.code).toBe(status.FAILED_PRECONDITION);
  expect(readdirSync(join(folder, "elsewhere"))).toEqual([]);
});

test("without a place for locks a write fails before anything is sent", async () => {
  process.env.TMPDIR = join(folder, "none");
  const failure = await failureOf(
    inTurn("a:1", 1, undefined, () => {
      throw new Error("was sent");
    }),
  );
  expect(failure).toMatchObject({ code: status.FAILED_PRECONDITION, notSent: true });
});

// recordings/bridge-grpc.jsonl: special.concurrent (concurrent map read and map write)
describe("reads at an agent without locks", () => {
  const started: string[] = [];
  const ends: (() => void)[] = [];
  const work = (name: string) => () => {
    started.push(name);
    return new Promise<void>((resolve) => ends.push(resolve));
  };
  const settled = () => pause(20);
  beforeEach(() => {
    started.length = 0;
    ends.length = 0;
  });

  it("run beside each other, and a write waits for them", async () => {
    const reads = ["a", "b"].map((name) => betweenWrites("reads-first", undefined, work(name)));
    const write = inTurn("reads-first", 10, undefined, work("write"));
    await settled();
    expect(started).toEqual(["a", "b"]);
    ends.forEach((end) => end());
    await Promise.all(reads);
    await settled();
    expect(started).toEqual(["a", "b", "write"]);
    ends.forEach((end) => end());
    await write;
  });

  it("wait for a write that is under way, at that agent alone", async () => {
    const write = inTurn("write-first", 10, undefined, work("write"));
    await settled();
    const read = betweenWrites("write-first", undefined, work("read"));
    const elsewhere = betweenWrites("another", undefined, work("elsewhere"));
    await settled();
    expect(started).toEqual(["write", "elsewhere"]);
    ends.forEach((end) => end());
    await Promise.all([write, elsewhere]);
    await settled();
    expect(started).toEqual(["write", "elsewhere", "read"]);
    ends.forEach((end) => end());
    await read;
  });

  it("that give up while waiting let the others pass, and failed ones too", async () => {
    const write = inTurn("given-up", 10, undefined, work("write"));
    await settled();
    const abort = new AbortController();
    const impatient = failureOf(betweenWrites("given-up", abort.signal, work("impatient")));
    abort.abort();
    expect((await impatient).code).toBe(status.CANCELLED);
    ends.forEach((end) => end());
    await write;
    await expect(betweenWrites("given-up", undefined, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    await expect(inTurn("given-up", 10, undefined, () => Promise.resolve("written"))).resolves.toBe("written");
    expect(started).toEqual(["write"]);
  });
});
