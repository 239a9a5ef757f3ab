import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { EncryptionType } from "../../provider/wire/opi_api/storage/v1/opicommon";
import { agentUnderTest, playedSpdk, type AgentUnderTest, type Message } from "../testing/agent-under-test";
import { UUID, XTS_256_KEY } from "../testing/samples";

let agent: AgentUnderTest;
beforeEach(async () => {
  agent = await agentUnderTest();
});
afterEach(() => agent.stop());

const malloc = (id: string, object: object = {}): Promise<Message> =>
  agent.call("CreateMallocVolume", {
    mallocVolumeId: id,
    mallocVolume: { blockSize: 512n, blocksCount: 2048n, ...object },
  });
const encrypt = (id: string, volumeNameRef: string, object: object = {}): Promise<Message> =>
  agent.call("CreateEncryptedVolume", {
    encryptedVolumeId: id,
    encryptedVolume: { volumeNameRef, cipher: EncryptionType.ENCRYPTION_TYPE_AES_XTS_256, key: XTS_256_KEY, ...object },
  });
const limit = (id: string, volumeNameRef: string, max: object, min?: object): Promise<Message> =>
  agent.call("CreateQosVolume", { qosVolumeId: id, qosVolume: { volumeNameRef, limits: { max, min } } });

describe("a null volume", () => {
  const create = (object: object): Promise<Message> =>
    agent.call("CreateNullVolume", {
      nullVolumeId: "null",
      nullVolume: { blockSize: 512n, blocksCount: 2048n, ...object },
    });
  const resize = (blocksCount: bigint): Promise<Message> =>
    agent.call("UpdateNullVolume", {
      nullVolume: { name: "nullVolumes/null", blocksCount },
      updateMask: ["blocks_count"],
    });

  test.each([
    [{ blockSize: 500n }, "block_size: 500 is no multiple of 512"],
    [{ blockSize: -512n }, "block_size: -512 is not between 1"],
    [{ blocksCount: -1n }, "blocks_count: -1 is less than 1"],
    [{ uuid: "bad" }, 'uuid: "bad" is no UUID'],
  ])("with %j is refused", async (object, text) => {
    await expect(create(object)).rejects.toThrow(`INVALID_ARGUMENT: null_volume.${text}`);
  });

  test("grows by whole MiB and never shrinks, in SPDK too", async () => {
    await create({});
    await resize(4096n);
    expect(await agent.spdk.call("bdev_get_bdevs", { name: "null" })).toMatchObject([{ num_blocks: 4096 }]);
    await expect(resize(4097n)).rejects.toThrow(
      "INVALID_ARGUMENT: null_volume.blocks_count: 4097 blocks of 512 bytes are no whole MiB",
    );
    await expect(resize(2048n)).rejects.toThrow(
      "FAILED_PRECONDITION: null_volume.blocks_count: 2048 is less than the 4096",
    );
    await expect(resize(0n)).rejects.toThrow("INVALID_ARGUMENT: null_volume.blocks_count: required");
  });

  test("shows a size that was changed in SPDK behind the agent", async () => {
    await create({});
    await agent.spdk.call("bdev_null_resize", { name: "null", new_size: 4 });
    expect(await agent.call("GetNullVolume", { name: "nullVolumes/null" })).toMatchObject({ blocksCount: 8192n });
  });

  test("that SPDK lost is told as lost, stays listed, and can be deleted and made anew", async () => {
    await create({});
    await agent.spdk.call("bdev_null_delete", { name: "null" });
    await expect(agent.call("GetNullVolume", { name: "nullVolumes/null" })).rejects.toThrow(
      "DATA_LOSS: nullVolumes/null: SPDK no longer has",
    );
    expect(await agent.call("ListNullVolumes")).toMatchObject({ nullVolumes: [{ name: "nullVolumes/null" }] });
    await agent.call("DeleteNullVolume", { name: "nullVolumes/null" });
    await create({});
  });

  test("whose name or UUID SPDK has already is refused, and what SPDK has is kept", async () => {
    await agent.spdk.call("bdev_null_create", { name: "null", num_blocks: 64, block_size: 512, uuid: UUID });
    await expect(create({})).rejects.toThrow(
      "ALREADY_EXISTS: nullVolumes/null: SPDK has something of that name that this agent did not make",
    );
    expect(await agent.spdk.call("bdev_get_bdevs", { name: "null" })).toMatchObject([{ num_blocks: 64 }]);
  });
});

describe("a malloc volume", () => {
  test.each([
    [{ blockSize: 1536n }, "block_size: 1536 is neither 512 nor a larger power of two"],
    [{ metadataSize: 7n }, "metadata_size: 7 is none of 0, 8, 16"],
    [{ uuid: "00000000-0000-0000-0000-000000000000" }, "uuid: the nil UUID"],
  ])("with %j is refused", async (object, text) => {
    await expect(malloc("base", object)).rejects.toThrow(`INVALID_ARGUMENT: malloc_volume.${text}`);
  });

  test("larger than SPDK's memory is refused for lack of it", async () => {
    await expect(malloc("huge", { blocksCount: 2n ** 40n })).rejects.toThrow("RESOURCE_EXHAUSTED");
  });

  test("that is in use cannot be deleted, and its users are named", async () => {
    await malloc("base");
    await encrypt("crypt", "base");
    await limit("limited", "encryptedVolumes/crypt", { rwIopsKiops: 1n });
    await expect(agent.call("DeleteMallocVolume", { name: "mallocVolumes/base" })).rejects.toThrow(
      "FAILED_PRECONDITION: mallocVolumes/base is in use by encryptedVolumes/crypt",
    );
    await expect(agent.call("DeleteEncryptedVolume", { name: "encryptedVolumes/crypt" })).rejects.toThrow(
      "in use by qosVolumes/limited",
    );
  });

  test("counts the I/O that it did, saturated at what the wire holds", async () => {
    await malloc("base");
    await agent.simulator.bdev("base").write(0, Buffer.alloc(4096));
    expect(await agent.call("StatsMallocVolume", { name: "mallocVolumes/base" })).toMatchObject({
      stats: { writeBytesCount: 4096, writeOpsCount: 1 },
    });
  });
});

describe("an aio volume", () => {
  const create = (object: object): Promise<Message> =>
    agent.call("CreateAioVolume", { aioVolumeId: "file", aioVolume: { filename: image(), ...object } });
  const image = (): string => join(agent.folder, "aio.img");

  beforeEach(() => writeFileSync(image(), Buffer.alloc(1024 * 1024)));

  test("takes size and block size from the file when they are left out", async () => {
    expect(await create({})).toMatchObject({ blockSize: 4096n, blocksCount: 256n, filename: image() });
  });

  test("whose size is not the file's is refused, and nothing of it stays", async () => {
    await expect(create({ blockSize: 512n, blocksCount: 4096n })).rejects.toThrow(
      "INVALID_ARGUMENT: aio_volume.blocks_count: the file holds 2048 blocks of 512 bytes, not 4096",
    );
    expect(await agent.spdk.call("bdev_get_bdevs")).toEqual([]);
  });

  test.each([
    [{ filename: "relative" }, "INVALID_ARGUMENT: aio_volume.filename"],
    [
      { filename: "/there/is/no/such.img", blockSize: 512n },
      "FAILED_PRECONDITION: aio_volume.filename: SPDK cannot open",
    ],
    [{ blockSize: 1000n }, "INVALID_ARGUMENT: aio_volume.block_size"],
  ])("with %j is refused", async (object, text) => {
    await expect(create(object)).rejects.toThrow(text);
  });

  test("has the UUID that it was given, where SPDK can give one", async () => {
    const made = create({ uuid: UUID });
    if (playedSpdk() === "24.05")
      await expect(made).rejects.toThrow(
        "INVALID_ARGUMENT: aio_volume.uuid: this SPDK cannot give an AIO volume a UUID",
      );
    else expect(await made).toMatchObject({ uuid: UUID });
  });

  test("follows a file that grew when it is told to", async () => {
    await create({ blockSize: 512n });
    truncateSync(image(), 2 * 1024 * 1024);
    const update = (blocksCount: bigint): Promise<Message> =>
      agent.call("UpdateAioVolume", {
        aioVolume: { name: "aioVolumes/file", blocksCount },
        updateMask: ["blocks_count"],
      });
    await expect(update(8192n)).rejects.toThrow(
      "INVALID_ARGUMENT: aio_volume.blocks_count: the file holds 4096 blocks",
    );
    expect(await update(4096n)).toMatchObject({ blocksCount: 4096n });
  });
});

describe("an encrypted volume", () => {
  test.each([
    ["ENCRYPTION_TYPE_AES_CBC_128", 16],
    ["ENCRYPTION_TYPE_AES_CBC_192", 24],
    ["ENCRYPTION_TYPE_AES_CBC_256", 32],
    ["ENCRYPTION_TYPE_AES_XTS_192", 48],
  ] as const)("with %s is refused, since SPDK lacks it", async (cipher, bytes) => {
    await malloc("base");
    await expect(
      encrypt("crypt", "base", { cipher: EncryptionType[cipher], key: XTS_256_KEY.subarray(0, bytes) }),
    ).rejects.toThrow(`INVALID_ARGUMENT: encrypted_volume.cipher: SPDK has no ${cipher}`);
  });

  test("takes a key of the cipher's length whose halves differ", async () => {
    await malloc("base");
    await expect(encrypt("crypt", "base", { key: XTS_256_KEY.subarray(1) })).rejects.toThrow(
      "takes 64 bytes (both halves), 63 were given",
    );
    await expect(encrypt("crypt", "base", { key: Buffer.alloc(64, 1) })).rejects.toThrow("both halves are the same");
    await encrypt("crypt", "base", {
      cipher: EncryptionType.ENCRYPTION_TYPE_AES_XTS_128,
      key: XTS_256_KEY.subarray(0, 32),
    });
    expect(await agent.spdk.call("accel_crypto_keys_get")).toMatchObject([{ key: "000102030405060708090a0b0c0d0e0f" }]);
  });

  test("needs a base that is there and free", async () => {
    await expect(encrypt("crypt", "nowhere")).rejects.toThrow(
      'NOT_FOUND: encrypted_volume.volume_name_ref: "nowhere" is no volume of this agent',
    );
    await malloc("base");
    await encrypt("first", "base");
    await expect(encrypt("second", "mallocVolumes/base")).rejects.toThrow(
      'FAILED_PRECONDITION: encrypted_volume.volume_name_ref: "mallocVolumes/base" is in use by encryptedVolumes/first',
    );
  });

  test("can be made again with another key after it was deleted", async () => {
    await malloc("base");
    await encrypt("crypt", "base");
    await agent.call("DeleteEncryptedVolume", { name: "encryptedVolumes/crypt" });
    await encrypt("crypt", "base", { key: Buffer.from(XTS_256_KEY).reverse() });
    expect(await agent.spdk.call("accel_crypto_keys_get")).toHaveLength(1);
  });
});

describe("a QoS volume", () => {
  beforeEach(() => malloc("base"));
  const limits = async (): Promise<unknown> =>
    (await agent.spdk.call<{ assigned_rate_limits: unknown }[]>("bdev_get_bdevs", { name: "base" }))[0]
      ?.assigned_rate_limits;

  test("limits the block device below it, and clears that when it goes", async () => {
    await limit("limited", "base", { rwIopsKiops: 3n, rdBandwidthMbs: 2n, wrBandwidthMbs: 3n, rwBandwidthMbs: 4n });
    expect(await limits()).toEqual({
      rw_ios_per_sec: 3000,
      rw_mbytes_per_sec: 4,
      r_mbytes_per_sec: 2,
      w_mbytes_per_sec: 3,
    });
    await agent.call("UpdateQosVolume", {
      qosVolume: { name: "qosVolumes/limited", limits: { max: { rdBandwidthMbs: 9n } } },
      updateMask: ["limits.max"],
    });
    expect(await limits()).toEqual({
      rw_ios_per_sec: 0,
      rw_mbytes_per_sec: 0,
      r_mbytes_per_sec: 9,
      w_mbytes_per_sec: 0,
    });
    await agent.call("DeleteQosVolume", { name: "qosVolumes/limited" });
    expect(await limits()).toEqual({
      rw_ios_per_sec: 0,
      rw_mbytes_per_sec: 0,
      r_mbytes_per_sec: 0,
      w_mbytes_per_sec: 0,
    });
  });

  test.each([
    [{}, undefined, "limits.max: at least one rate is needed"],
    [{ rdIopsKiops: 1n }, undefined, "limits.max.rd_iops_kiops: SPDK limits reads and writes together only"],
    [{ wrIopsKiops: 1n }, undefined, "limits.max.wr_iops_kiops: SPDK limits reads and writes together only"],
    [{ rwIopsKiops: 1n }, { rwIopsKiops: 1n }, "limits.min: SPDK cannot promise rates"],
    [{ rwIopsKiops: -1n }, undefined, "limits.max.rw_iops_kiops: -1 is not between 0"],
    [
      { rwBandwidthMbs: 2n ** 44n },
      undefined,
      "limits.max.rw_bandwidth_mbs: 17592186044416 is not between 0 and 17592186044415",
    ],
  ])("with max %j and min %j is refused", async (max, min, text) => {
    await expect(limit("limited", "base", max, min)).rejects.toThrow(`INVALID_ARGUMENT: qos_volume.${text}`);
  });

  test("is the only one of its volume, by whatever name that is given", async () => {
    await limit("limited", "base", { rwIopsKiops: 1n });
    await expect(limit("second", "mallocVolumes/base", { rwIopsKiops: 1n })).rejects.toThrow(
      "ALREADY_EXISTS: qos_volume.volume_name_ref: mallocVolumes/base is limited by qosVolumes/limited already",
    );
    await expect(limit("second", "qosVolumes/limited", { rwIopsKiops: 1n })).rejects.toThrow("ALREADY_EXISTS");
  });

  test("cannot share its volume's limits with a virtio-blk device", async () => {
    const blk = (id: string, virtualFunction: number, maxLimit?: object): Promise<Message> =>
      agent.call("CreateVirtioBlk", {
        virtioBlkId: id,
        virtioBlk: { volumeNameRef: "base", pcieId: { portId: 0, physicalFunction: 0, virtualFunction }, maxLimit },
      });
    await blk("disk-a", 1, { rwIopsKiops: 1n });
    const held = /limited by virtioBlks\/disk-a already/;
    await expect(limit("limited", "base", { rwIopsKiops: 2n })).rejects.toThrow(held);
    await expect(blk("disk-b", 2, { rwIopsKiops: 1n })).rejects.toThrow(held);
    await blk("disk-b", 2);
    await expect(
      agent.call("UpdateVirtioBlk", { virtioBlk: { name: "virtioBlks/disk-b", maxLimit: { rwIopsKiops: 1n } } }),
    ).rejects.toThrow(held);
    await agent.call("UpdateVirtioBlk", { virtioBlk: { name: "virtioBlks/disk-a" }, updateMask: ["max_limit"] });
    expect(await agent.call("GetVirtioBlk", { name: "virtioBlks/disk-a" })).toMatchObject({ maxLimit: undefined });
    await limit("limited", "base", { rwIopsKiops: 2n });
  });

  test("stands for the volume below it wherever it is referred to", async () => {
    await limit("limited", "base", { rwIopsKiops: 1n });
    expect(await encrypt("crypt", "qosVolumes/limited")).toMatchObject({ volumeNameRef: "qosVolumes/limited" });
    expect(await agent.spdk.call("bdev_get_bdevs", { name: "crypt" })).toMatchObject([
      { driver_specific: { crypto: { base_bdev_name: "base" } } },
    ]);
    await expect(agent.call("DeleteQosVolume", { name: "qosVolumes/limited" })).rejects.toThrow(
      "in use by encryptedVolumes/crypt",
    );
  });

  test("shows limits that were changed in SPDK behind the agent", async () => {
    await limit("limited", "base", { rwIopsKiops: 1n });
    // 26.05 changes limits only where a host can reach the volume.
    await agent.spdk.call("nvmf_create_subsystem", { nqn: "nqn.2024-01.com.example:elsewhere" });
    await agent.spdk.call("nvmf_subsystem_add_ns", {
      nqn: "nqn.2024-01.com.example:elsewhere",
      namespace: { bdev_name: "base" },
    });
    await agent.spdk.call("bdev_set_qos_limit", { name: "base", rw_ios_per_sec: 7000 });
    expect(await agent.call("GetQosVolume", { name: "qosVolumes/limited" })).toMatchObject({
      limits: { max: { rwIopsKiops: 7n } },
    });
  });
});
