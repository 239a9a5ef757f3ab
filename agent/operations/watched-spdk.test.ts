import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";

import pino from "pino";

import { startSimulator, type Simulator } from "../simulator";
import { SpdkClient } from "../spdk";
import { WatchedSpdk, type SpdkOutcome } from "./watched-spdk";

const log = pino({ level: "silent" });

describe("SPDK under watch", () => {
  let folder: string;
  let socketPath: string;
  let simulator: Simulator | undefined;
  let client: SpdkClient;
  let watched: WatchedSpdk;
  let news: boolean[];
  let heard: (() => void) | undefined;
  let calls: [string, SpdkOutcome][];

  const changedTo = async (reachable: boolean): Promise<void> => {
    while (news.at(-1) !== reachable) await new Promise<void>((resolve) => (heard = resolve));
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "opi-watch-test-"));
    socketPath = join(folder, "spdk.sock");
    simulator = await startSimulator({ socketPath });
    client = new SpdkClient(socketPath, { timeoutMs: 500 });
    news = [];
    calls = [];
    watched = new WatchedSpdk(client, {
      log,
      probeMs: 50,
      ended: (verb, outcome) => calls.push([verb, outcome]),
      changed: (reachable) => {
        news.push(reachable);
        heard?.();
      },
    });
  });
  afterEach(async () => {
    await watched.close();
    await client.close();
    await simulator?.stop();
    rmSync(folder, { recursive: true });
  });

  test("counts answers and refusals as signs of life, and hands them on", async () => {
    expect(await watched.call("spdk_get_version")).toMatchObject({ version: expect.any(String) });
    await expect(watched.call("no_such_verb")).rejects.toThrow("Method not found");
    expect(calls).toEqual([
      ["spdk_get_version", "ok"],
      ["no_such_verb", "refused"],
    ]);
    expect([watched.reachable, watched.underWay, news]).toEqual([true, 0, []]);
  });

  test("is known to be gone, and to be back, though nobody calls it", async () => {
    await simulator?.stop();
    await changedTo(false);
    expect(watched.reachable).toBe(false);
    simulator = await startSimulator({ socketPath });
    await changedTo(true);
    expect([watched.reachable, news]).toEqual([true, [false, true]]);
  });

  test("is known to be gone when it keeps its socket open and says nothing", async () => {
    const sockets: Socket[] = [];
    const path = join(folder, "silent.sock");
    const silent = createServer((socket) => {
      sockets.push(socket.resume());
    }).listen(path);
    await once(silent, "listening");
    const hanging = new SpdkClient(path);
    const gone = new Promise<boolean>((resolve) => {
      const watch = new WatchedSpdk(hanging, {
        log,
        probeMs: 50,
        changed: (reachable) => void watch.close().then(() => resolve(reachable)),
      });
    });
    expect(await gone).toBe(false);
    expect(sockets).toHaveLength(1);
    await hanging.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });
});
