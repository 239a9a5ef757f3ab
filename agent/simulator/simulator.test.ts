import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { SpdkClient } from "../spdk";
import { startSimulator, type Simulator } from "./index";

describe("the SPDK simulator", () => {
  let folder: string;
  let simulator: Simulator;
  let spdk: SpdkClient;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "spdk-simulator-"));
    simulator = await startSimulator({ socketPath: join(folder, "spdk.sock") });
    spdk = new SpdkClient(simulator.socketPath);
  });

  afterEach(async () => {
    await spdk.close();
    await simulator.stop();
    await rm(folder, { recursive: true });
  });

  test("a malloc bdev keeps the bytes written to it and counts the I/O", async () => {
    await spdk.call("bdev_malloc_create", { name: "M0", num_blocks: 64, block_size: 512 });
    await spdk.call("bdev_reset_iostat", { name: "M0" });
    await simulator.bdev("M0").write(3, Buffer.alloc(1024, "x"));
    expect((await simulator.bdev("M0").read(2, 3)).toString()).toBe("\0".repeat(512) + "x".repeat(1024));
    expect(await spdk.call("bdev_get_iostat", { name: "M0" })).toMatchObject({
      bdevs: [{ name: "M0", bytes_read: 1536, num_read_ops: 1, bytes_written: 1024, num_write_ops: 1 }],
    });
  });
});
