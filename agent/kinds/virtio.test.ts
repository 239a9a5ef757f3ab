import { agentUnderTest, type AgentUnderTest, type Message } from "../testing/agent-under-test";

let agent: AgentUnderTest;
beforeEach(async () => {
  agent = await agentUnderTest();
  for (const id of ["base", "more"])
    await agent.call("CreateMallocVolume", {
      mallocVolumeId: id,
      mallocVolume: { blockSize: 512n, blocksCount: 2048n },
    });
});
afterEach(() => agent.stop());

const pcieId = (virtualFunction: number): object => ({ portId: 0, physicalFunction: 0, virtualFunction });
const vhost = (): Promise<readonly Message[]> => agent.spdk.call("vhost_get_controllers");

describe("a virtio-blk device", () => {
  const create = (object: object): Promise<Message> =>
    agent.call("CreateVirtioBlk", {
      virtioBlkId: "disk",
      virtioBlk: { pcieId: pcieId(1), volumeNameRef: "base", ...object },
    });

  test.each([
    [{ maxIoQps: -1n }, "INVALID_ARGUMENT: virtio_blk.max_io_qps: -1"],
    [{ minLimit: { rwIopsKiops: 1n } }, "INVALID_ARGUMENT: virtio_blk.min_limit: SPDK cannot promise rates"],
    [{ maxLimit: { rdIopsKiops: 1n } }, "INVALID_ARGUMENT: virtio_blk.max_limit.rd_iops_kiops"],
    [{ volumeNameRef: "nowhere" }, 'NOT_FOUND: virtio_blk.volume_name_ref: "nowhere"'],
  ])("with %j is refused", async (object, text) => {
    await expect(create(object)).rejects.toThrow(text);
    expect(await vhost()).toEqual([]);
  });

  test("shows its volume and passes its limits on to it", async () => {
    await create({ maxLimit: { rwIopsKiops: 2n } });
    expect(await vhost()).toMatchObject([{ backend_specific: { block: { bdev: "base" } } }]);
    expect(await agent.spdk.call("bdev_get_bdevs", { name: "base" })).toMatchObject([
      { assigned_rate_limits: { rw_ios_per_sec: 2000 } },
    ]);
    await agent.call("DeleteVirtioBlk", { name: "virtioBlks/disk" });
    expect(await agent.spdk.call("bdev_get_bdevs", { name: "base" })).toMatchObject([
      { assigned_rate_limits: { rw_ios_per_sec: 0 } },
    ]);
  });

  test("that SPDK lost is told as lost", async () => {
    await create({});
    await agent.spdk.call("vhost_delete_controller", { ctrlr: "blk-disk" });
    await expect(agent.call("GetVirtioBlk", { name: "virtioBlks/disk" })).rejects.toThrow("DATA_LOSS");
    await agent.call("DeleteVirtioBlk", { name: "virtioBlks/disk" });
  });
});

describe("virtio-scsi", () => {
  const target = (id: string, maxLuns = 0): Promise<Message> =>
    agent.call("CreateVirtioScsiTarget", { virtioScsiTargetId: id, virtioScsiTarget: { maxLuns } });
  const controller = (id: string, object: object = {}): Promise<Message> =>
    agent.call("CreateVirtioScsiController", {
      virtioScsiControllerId: id,
      virtioScsiController: { pcieId: pcieId(2), ...object },
    });
  const lun = (id: string, object: object = {}): Promise<Message> =>
    agent.call("CreateVirtioScsiLun", {
      virtioScsiLunId: id,
      virtioScsiLun: { targetNameRef: "scsi", volumeNameRef: "base", ...object },
    });

  test("a target and a controller of one id are one controller in SPDK, as long as either is there", async () => {
    await target("scsi");
    expect(await vhost()).toHaveLength(1);
    await controller("scsi");
    expect(await vhost()).toHaveLength(1);
    await agent.call("DeleteVirtioScsiTarget", { name: "virtioScsiTargets/scsi" });
    expect(await vhost()).toHaveLength(1);
    await target("scsi");
    await agent.call("DeleteVirtioScsiController", { name: "virtioScsiControllers/scsi" });
    expect(await vhost()).toHaveLength(1);
    await agent.call("DeleteVirtioScsiTarget", { name: "virtioScsiTargets/scsi" });
    expect(await vhost()).toEqual([]);
  });

  test("ids of virtio-blk and virtio-scsi do not stand in each other's way", async () => {
    await controller("same");
    await agent.call("CreateVirtioBlk", {
      virtioBlkId: "same",
      virtioBlk: { pcieId: pcieId(1), volumeNameRef: "base" },
    });
    expect(await vhost()).toHaveLength(2);
  });

  test("logical units take the lowest free places of their target", async () => {
    await target("scsi");
    await lun("lun-a");
    await lun("lun-b", { targetNameRef: "virtioScsiTargets/scsi", volumeNameRef: "more" });
    await agent.call("DeleteVirtioScsiLun", { name: "virtioScsiLuns/lun-a" });
    await lun("lun-c");
    expect(await vhost()).toMatchObject([
      {
        backend_specific: {
          scsi: [
            { scsi_dev_num: 0, luns: [{ bdev_name: "base" }] },
            { scsi_dev_num: 1, luns: [{ bdev_name: "more" }] },
          ],
        },
      },
    ]);
  });

  test("a target holds no more than it may, and may not be shrunk below what it holds", async () => {
    await expect(target("scsi", 9)).rejects.toThrow(
      "INVALID_ARGUMENT: virtio_scsi_target.max_luns: 9 is not between 0 and 8",
    );
    await target("scsi", 2);
    await lun("lun-a");
    await lun("lun-b", { volumeNameRef: "more" });
    await expect(lun("lun-c")).rejects.toThrow(
      "FAILED_PRECONDITION: virtio_scsi_lun.target_name_ref: virtioScsiTargets/scsi is full",
    );
    const resize = (maxLuns: number): Promise<Message> =>
      agent.call("UpdateVirtioScsiTarget", {
        virtioScsiTarget: { name: "virtioScsiTargets/scsi", maxLuns },
        updateMask: ["max_luns"],
      });
    await expect(resize(1)).rejects.toThrow(
      "FAILED_PRECONDITION: virtio_scsi_target.max_luns: 1 is less than the 2 it holds: virtioScsiLuns/lun-a, virtioScsiLuns/lun-b",
    );
    await resize(0);
    await lun("lun-c");
  });

  test("what is referred to must be there, and what is used cannot go", async () => {
    await expect(lun("lun-a")).rejects.toThrow('NOT_FOUND: virtio_scsi_lun.target_name_ref: "scsi"');
    await target("scsi");
    await expect(lun("lun-a", { volumeNameRef: "nowhere" })).rejects.toThrow(
      'NOT_FOUND: virtio_scsi_lun.volume_name_ref: "nowhere"',
    );
    await lun("lun-a");
    await expect(agent.call("DeleteVirtioScsiTarget", { name: "virtioScsiTargets/scsi" })).rejects.toThrow(
      "in use by virtioScsiLuns/lun-a",
    );
    await expect(agent.call("DeleteMallocVolume", { name: "mallocVolumes/base" })).rejects.toThrow(
      "in use by virtioScsiLuns/lun-a",
    );
  });

  test("limits of a controller are refused with what to do instead", async () => {
    for (const field of ["minLimit", "maxLimit"])
      await expect(controller("scsi", { [field]: { rwIopsKiops: 1n } })).rejects.toThrow(
        "SPDK limits volumes, not controllers: use a QosVolume",
      );
  });

  test("counters of logical units add up to those of their target and controller", async () => {
    await target("scsi");
    await controller("scsi");
    await lun("lun-a");
    await lun("lun-b", { volumeNameRef: "more" });
    await agent.simulator.bdev("base").write(0, Buffer.alloc(512));
    await agent.simulator.bdev("more").write(0, Buffer.alloc(1024));
    const stats = async (method: string, request: object): Promise<unknown> =>
      (await agent.call(method, request)).stats;
    expect(await stats("StatsVirtioScsiTarget", { name: "virtioScsiTargets/scsi" })).toMatchObject({
      writeBytesCount: 1536,
    });
    expect(await stats("StatsVirtioScsiController", { name: "virtioScsiControllers/scsi" })).toMatchObject({
      writeBytesCount: 1536,
    });
    expect(
      await stats("StatsVirtioScsiLun", { name: "virtioScsiLuns/lun-a", controllerNameRef: "scsi" }),
    ).toMatchObject({ writeBytesCount: 512 });
    await expect(
      stats("StatsVirtioScsiLun", { name: "virtioScsiLuns/lun-a", controllerNameRef: "nowhere" }),
    ).rejects.toThrow("NOT_FOUND: controller_name_ref");
    await controller("other", { pcieId: pcieId(3) });
    await expect(
      stats("StatsVirtioScsiLun", { name: "virtioScsiLuns/lun-a", controllerNameRef: "other" }),
    ).rejects.toThrow("INVALID_ARGUMENT: controller_name_ref");
  });
});
