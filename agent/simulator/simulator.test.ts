import { createDecipheriv } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { SpdkClient, type SpdkBdev, type SpdkNvmeController, type SpdkVhostController } from "../spdk";
import { Fabric, startSimulator, type RemoteTarget, type Simulator, type SimulatorOptions } from "./index";

const SUBNQN = "nqn.2016-06.io.spdk:remote";

function remote(trsvcid: string, more: Partial<RemoteTarget> = {}): RemoteTarget {
  return {
    trtype: "tcp",
    traddr: "192.0.2.7",
    trsvcid,
    subnqn: SUBNQN,
    namespaces: [{ nsid: 1, blockSize: 512, blocksCount: 2048 }],
    ...more,
  };
}

function path(trsvcid: string): Record<string, string> {
  return { trtype: "TCP", adrfam: "IPv4", traddr: "192.0.2.7", trsvcid, subnqn: SUBNQN };
}

describe("the SPDK simulator", () => {
  let folder: string;
  const closers: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "spdk-simulator-"));
  });

  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
    await rm(folder, { recursive: true });
  });

  async function start(
    options: Partial<SimulatorOptions> = {},
    name = "spdk",
  ): Promise<{ readonly simulator: Simulator; readonly spdk: SpdkClient }> {
    const simulator = await startSimulator({ socketPath: join(folder, `${name}.sock`), ...options });
    const spdk = new SpdkClient(simulator.socketPath);
    closers.push(
      () => simulator.stop(),
      () => spdk.close(),
    );
    return { simulator, spdk };
  }

  test("a malloc bdev keeps the bytes written to it and counts the I/O", async () => {
    const { simulator, spdk } = await start();
    await spdk.call("bdev_malloc_create", { name: "M0", num_blocks: 512, block_size: 512 });
    await spdk.call("bdev_reset_iostat", { name: "M0" });
    // Across the border of a page of memory.
    await simulator.bdev("M0").write(127, Buffer.alloc(1024, "x"));
    expect((await simulator.bdev("M0").read(126, 4)).toString()).toBe(
      "\0".repeat(512) + "x".repeat(1024) + "\0".repeat(512),
    );
    expect(await spdk.call("bdev_get_iostat", { name: "M0" })).toMatchObject({
      bdevs: [{ name: "M0", bytes_read: 2048, num_read_ops: 1, bytes_written: 1024, num_write_ops: 1 }],
    });
  });

  test("a null bdev forgets what is written to it", async () => {
    const { simulator, spdk } = await start();
    await spdk.call("bdev_null_create", { name: "N0", num_blocks: 64, block_size: 512 });
    await simulator.bdev("N0").write(0, Buffer.alloc(512, "x"));
    expect(await simulator.bdev("N0").read(0, 1)).toEqual(Buffer.alloc(512));
  });

  test("an aio bdev is the file", async () => {
    const { simulator, spdk } = await start();
    const file = join(folder, "disk.img");
    await writeFile(file, Buffer.alloc(8 * 512, "a"));
    await spdk.call("bdev_aio_create", { name: "A0", filename: file, block_size: 512 });
    await simulator.bdev("A0").write(1, Buffer.alloc(512, "b"));
    expect((await readFile(file)).toString("latin1", 511, 1025)).toBe(`a${"b".repeat(512)}a`);
    expect((await simulator.bdev("A0").read(7, 1)).toString()).toBe("a".repeat(512));
  });

  test("an encrypted bdev leaves AES-XTS ciphertext on its base and gives the text back", async () => {
    const { simulator, spdk } = await start();
    const key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const key2 = "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";
    await spdk.call("bdev_malloc_create", { name: "M0", num_blocks: 64, block_size: 512 });
    await spdk.call("accel_crypto_key_create", { name: "k", cipher: "AES_XTS", key, key2 });
    await spdk.call("bdev_crypto_create", { base_bdev_name: "M0", name: "C0", key_name: "k" });
    const text = Buffer.alloc(512, "secret! ");
    await simulator.bdev("C0").write(5, text);

    const stored = await simulator.bdev("M0").read(5, 1);
    const tweak = Buffer.alloc(16);
    tweak[0] = 5;
    const decipher = createDecipheriv("aes-256-xts", Buffer.from(key + key2, "hex"), tweak);
    expect(stored).not.toEqual(text);
    expect(Buffer.concat([decipher.update(stored), decipher.final()])).toEqual(text);
    expect(await simulator.bdev("C0").read(5, 1)).toEqual(text);
  });

  test("a test cannot read or write past the end of a bdev, or of one that is not there", async () => {
    const { simulator, spdk } = await start();
    await spdk.call("bdev_malloc_create", { name: "M0", num_blocks: 64, block_size: 512 });
    await expect(simulator.bdev("M0").read(64, 1)).rejects.toThrow("blocks 64 to 65 of bdev M0: it has 64");
    await expect(simulator.bdev("M0").write(0, Buffer.alloc(500))).rejects.toThrow("whole blocks of 512");
    await expect(simulator.bdev("zz").read(0, 1)).rejects.toThrow("no bdev zz");
  });

  test("when a base disappears, what stands on it goes or is left empty", async () => {
    const { spdk } = await start();
    await spdk.call("nvmf_create_subsystem", { nqn: SUBNQN });
    await spdk.call("accel_crypto_key_create", {
      name: "k",
      cipher: "AES_XTS",
      key: "00".repeat(16),
      key2: "11".repeat(16),
    });
    for (const name of ["M0", "M1"]) await spdk.call("bdev_malloc_create", { name, num_blocks: 64, block_size: 512 });
    await spdk.call("bdev_crypto_create", { base_bdev_name: "M0", name: "C0", key_name: "k" });
    await spdk.call("nvmf_subsystem_add_ns", { nqn: SUBNQN, namespace: { bdev_name: "C0" } });
    await spdk.call("vhost_create_blk_controller", { ctrlr: "blk", dev_name: "M1" });
    await spdk.call("vhost_create_scsi_controller", { ctrlr: "scsi" });
    await spdk.call("vhost_scsi_controller_add_target", { ctrlr: "scsi", scsi_target_num: 0, bdev_name: "M1" });

    for (const name of ["M0", "M1"]) await spdk.call("bdev_malloc_delete", { name });
    expect(await spdk.call("bdev_get_bdevs")).toEqual([]);
    expect(await spdk.call("nvmf_get_subsystems", { nqn: SUBNQN })).toMatchObject([{ namespaces: [] }]);
    const [blk, scsi] = await spdk.call<readonly SpdkVhostController[]>("vhost_get_controllers");
    expect(blk.backend_specific.block?.bdev).toBeNull();
    expect(scsi.backend_specific.scsi).toEqual([]);
  });

  test("bdev_get_bdevs waits for a bdev to come when it is given a time", async () => {
    const { spdk } = await start();
    const found = spdk.call<readonly SpdkBdev[]>("bdev_get_bdevs", { name: "M0", timeout: 10_000 });
    await spdk.call("bdev_malloc_create", { name: "M0", num_blocks: 64, block_size: 512 });
    expect(await found).toMatchObject([{ name: "M0" }]);
  });

  test("a remote that is listed can be attached, by several paths to the same bytes", async () => {
    const { simulator, spdk } = await start({ remotes: [remote("4420"), remote("4421")] });
    expect(await spdk.call("bdev_nvme_attach_controller", { name: "R", ...path("4420") })).toEqual(["Rn1"]);
    await spdk.call("bdev_nvme_attach_controller", { name: "R", ...path("4421"), multipath: "multipath" });
    const [controller] = await spdk.call<readonly SpdkNvmeController[]>("bdev_nvme_get_controllers", { name: "R" });
    expect(controller.ctrlrs.map(({ trid }) => trid.trsvcid)).toEqual(["4420", "4421"]);

    await simulator.bdev("Rn1").write(9, Buffer.alloc(512, "r"));
    await spdk.call("bdev_nvme_detach_controller", { name: "R", ...path("4420") });
    expect((await simulator.bdev("Rn1").read(9, 1)).toString()).toBe("r".repeat(512));
    await spdk.call("bdev_nvme_detach_controller", { name: "R", ...path("4421") });
    expect(await spdk.call("bdev_get_bdevs")).toEqual([]);
    expect(await spdk.call("bdev_nvme_get_controllers")).toEqual([]);
  });

  test("a failover path is kept in reserve and taken when the first one is detached", async () => {
    const { spdk } = await start({ remotes: [remote("4420"), remote("4421")] });
    await spdk.call("bdev_nvme_attach_controller", { name: "R", ...path("4420") });
    expect(
      await spdk.call("bdev_nvme_attach_controller", { name: "R", ...path("4421"), multipath: "failover" }),
    ).toEqual([]);
    expect(await spdk.call("bdev_nvme_get_controllers")).toMatchObject([
      { ctrlrs: [{ trid: { trsvcid: "4420" }, alternate_trids: [{ trsvcid: "4421" }] }] },
    ]);
    await spdk.call("bdev_nvme_detach_controller", { name: "R", ...path("4420") });
    expect(await spdk.call("bdev_nvme_get_controllers")).toMatchObject([{ ctrlrs: [{ trid: { trsvcid: "4421" } }] }]);
  });

  test("a local PCIe device is there only when it is listed", async () => {
    const traddr = "0000:01:00.0";
    const { spdk } = await start({ remotes: [remote("", { trtype: "PCIe", traddr, subnqn: undefined })] });
    const attach = { name: "P", trtype: "PCIe" };
    expect(await spdk.call("bdev_nvme_attach_controller", { ...attach, traddr })).toEqual(["Pn1"]);
    expect(await spdk.call("bdev_get_bdevs", { name: "Pn1" })).toMatchObject([
      { driver_specific: { nvme: [{ pci_address: traddr, trid: { trtype: "PCIe", traddr } }] } },
    ]);
    await expect(
      spdk.call("bdev_nvme_attach_controller", { ...attach, name: "Q", traddr: "0000:02:00.0" }),
    ).rejects.toMatchObject({ code: -19 });
  });

  test("a remote with a pre-shared key lets in only who has it", async () => {
    const psk = "NVMeTLSkey-1:01:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh+KfiaR:";
    const { spdk } = await start({ remotes: [remote("4420", { psk })] });
    const file = join(folder, "psk");
    await writeFile(file, psk, { mode: 0o600 });
    await spdk.call("keyring_file_add_key", { name: "psk", path: file });
    const attach = { name: "R", ...path("4420") };
    await expect(spdk.call("bdev_nvme_attach_controller", attach)).rejects.toMatchObject({ code: -5 });
    expect(await spdk.call("bdev_nvme_attach_controller", { ...attach, psk: "psk" })).toEqual(["Rn1"]);
  });

  test("two simulators on one fabric attach each other's listeners, and notice when the other stops", async () => {
    const fabric = new Fabric();
    const near = await start({ fabric }, "near");
    const far = await start({ fabric }, "far");
    await far.spdk.call("nvmf_create_transport", { trtype: "TCP" });
    await far.spdk.call("bdev_malloc_create", { name: "F0", num_blocks: 2048, block_size: 512 });
    await far.spdk.call("nvmf_create_subsystem", { nqn: SUBNQN, allow_any_host: true });
    await far.spdk.call("nvmf_subsystem_add_ns", { nqn: SUBNQN, namespace: { bdev_name: "F0" } });
    const listen_address = { trtype: "TCP", adrfam: "IPv4", traddr: "127.0.0.1", trsvcid: "4420" };
    await far.spdk.call("nvmf_subsystem_add_listener", { nqn: SUBNQN, listen_address });

    await near.spdk.call("bdev_nvme_attach_controller", { name: "X", ...listen_address, subnqn: SUBNQN });
    await near.simulator.bdev("Xn1").write(1, Buffer.alloc(512, "f"));
    expect((await far.simulator.bdev("F0").read(1, 1)).toString()).toBe("f".repeat(512));
    await far.spdk.call("nvmf_subsystem_remove_ns", { nqn: SUBNQN, nsid: 1 });
    expect(await near.spdk.call("bdev_get_bdevs")).toEqual([]);
    await far.simulator.stop();
    expect(await near.spdk.call("bdev_nvme_get_controllers")).toMatchObject([{ ctrlrs: [{ state: "failed" }] }]);
  });

  test("a listener opens no port of the machine", async () => {
    const { spdk } = await start();
    await spdk.call("nvmf_create_transport", { trtype: "TCP" });
    await spdk.call("nvmf_create_subsystem", { nqn: SUBNQN });
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    if (address === null || typeof address === "string") throw new Error("the server has no port");
    const listen_address = { trtype: "TCP", adrfam: "IPv4", traddr: "127.0.0.1", trsvcid: String(address.port) };
    expect(await spdk.call("nvmf_subsystem_add_listener", { nqn: SUBNQN, listen_address })).toBe(true);
    await new Promise<void>((resolve) => other.close(() => resolve()));
  });

  test("stopping leaves nothing behind", async () => {
    const { simulator, spdk } = await start();
    const endpoint = join(folder, "endpoint");
    await mkdir(endpoint);
    await spdk.call("nvmf_create_transport", { trtype: "VFIOUSER" });
    await spdk.call("nvmf_create_subsystem", { nqn: SUBNQN });
    const listen_address = { trtype: "VFIOUSER", traddr: endpoint };
    await spdk.call("nvmf_subsystem_add_listener", { nqn: SUBNQN, listen_address });
    await spdk.call("vhost_create_scsi_controller", { ctrlr: "scsi" });
    const [controller] = await spdk.call<readonly SpdkVhostController[]>("vhost_get_controllers");
    expect(existsSync(controller.socket)).toBe(true);
    expect(existsSync(join(endpoint, "cntrl"))).toBe(true);
    await spdk.close();
    await simulator.stop();
    expect(await readdir(folder)).toEqual(["endpoint"]);
    expect(await readdir(endpoint)).toEqual([]);
  });

  test("a socket in use is refused, by its path", async () => {
    const { simulator } = await start();
    await expect(startSimulator({ socketPath: simulator.socketPath })).rejects.toThrow(
      `cannot listen on ${simulator.socketPath}: EADDRINUSE`,
    );
  });

  test("a verb of SPDK that is not simulated is refused by name", async () => {
    const { spdk } = await start();
    await expect(spdk.call("bdev_raid_create", {})).rejects.toMatchObject({
      code: -32601,
      rawMessage: "simulator: bdev_raid_create is a verb of SPDK that is not simulated",
    });
  });
});
