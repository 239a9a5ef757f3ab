import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { SpdkClient, type SpdkVersion } from "../../agent/spdk";

describe("the SPDK simulator in a process of its own", () => {
  let folder: string;
  let running: ChildProcess | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "spdk-process-"));
  });

  afterEach(async () => {
    if (running?.exitCode === null && running.signalCode === null) {
      running.kill("SIGKILL");
      await once(running, "exit");
    }
    await rm(folder, { recursive: true });
  });

  async function start(socketPath: string): Promise<ChildProcess> {
    const child = spawn(
      process.execPath,
      ["--require", "ts-node/register/transpile-only", join(__dirname, "own-process.ts"), socketPath],
      {
        stdio: ["ignore", "pipe", "inherit"],
        // ts-node would leave a cache in the folder for temporary files.
        env: { ...process.env, DISABLE_V8_COMPILE_CACHE: "1" },
      },
    );
    running = child;
    await once(child.stdout, "data");
    return child;
  }

  test("it answers until it is told to stop, and takes its socket along", async () => {
    const socketPath = join(folder, "spdk.sock");
    const child = await start(socketPath);
    const spdk = new SpdkClient(socketPath);
    expect((await spdk.call<SpdkVersion>("spdk_get_version")).version).toBe("SPDK v24.05");
    await spdk.close();
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(await readdir(folder)).toEqual([]);
  });

  test("after a kill the next one takes over the socket that was left, and the client finds it", async () => {
    const socketPath = join(folder, "spdk.sock");
    const killed = await start(socketPath);
    const spdk = new SpdkClient(socketPath);
    await spdk.call("bdev_malloc_create", { name: "M0", num_blocks: 64, block_size: 512 });
    killed.kill("SIGKILL");
    await once(killed, "exit");
    await start(socketPath);
    expect(await spdk.call("bdev_get_bdevs")).toEqual([]);
    await spdk.close();
  });
});
