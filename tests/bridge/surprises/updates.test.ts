import { status } from "@grpc/grpc-js";
import { inputsFor } from "../../agents/stage";
import { update } from "../../../provider/lifecycle";
import { failureOf, onBridge, planned, said } from "./scene";

const scene = onBridge();

// recordings/bridge-grpc.jsonl: NullVolume/update_mask_one, MallocVolume/update_mask_one
test.each(["NullVolume", "MallocVolume"])(
  "an update that would reset a %s to 512 × 64 is never sent: preview says that the change replaces",
  async (noun) => {
    const volume = await scene.make(noun);
    const place = scene.at(noun);
    scene.writes();
    expect(await planned(place, volume, { blocksCount: 128 })).toEqual({ replaced: ["blocksCount"], changed: [] });
    // Even where somebody updates all the same.
    const news = { ...volume.inputs, blocksCount: 128 };
    const error = await failureOf(update(place, { id: volume.id, olds: volume.outputs, news }));
    expect(error).toMatchObject({ code: status.FAILED_PRECONDITION, remedy: expect.stringContaining("--replace") });
    expect(scene.writes()).toEqual([]);
  },
);

// recordings/bridge-grpc.jsonl: NvmeRemoteController/get_after_update_mask_one
test("OK to an update that did nothing is known at preview, where the dialect is", async () => {
  const remote = await scene.make("NvmeRemoteController");
  const change = { multipath: "NVME_MULTIPATH_DISABLE" };
  expect(await planned(scene.at("NvmeRemoteController"), remote, change)).toEqual({
    replaced: ["multipath"],
    changed: [],
  });
});

test("OK to an update that did nothing is an error by read-back, where nothing is known of the agent", async () => {
  const remote = await scene.make("NvmeRemoteController");
  const place = scene.at("NvmeRemoteController", { dialect: "careful" });
  const news = inputsFor("NvmeRemoteController", { multipath: "disable" });
  const error = await failureOf(update(place, { id: remote.id, olds: remote.outputs, news }));
  expect(error.message).toMatch(/answered OK, but multipath did not change/);
});

// recordings/bridge-grpc.jsonl: NvmeController/get_after_update_mask_one, delete (the listener cannot be removed then)
test("an update that SPDK never hears of, and that spoils the delete, is a replacement", async () => {
  await scene.make("NvmeSubsystem");
  const fabrics = (trsvcid: string) => ({ fabricsId: { traddr: "127.0.0.1", trsvcid, adrfam: "ipv4" } });
  const controller = await scene.make("NvmeController", { trtype: "tcp", pcieId: undefined, ...fabrics("4420") });
  const after = inputsFor("NvmeController", { trtype: "tcp", pcieId: undefined, ...fabrics("4499") });
  expect(await planned(scene.at("NvmeController"), controller, after)).toEqual({
    replaced: ["fabricsId.trsvcid"],
    changed: [],
  });
});

// recordings/bridge-grpc.jsonl: NvmeSubsystem/update_mask_one, VirtioBlk/update_mask_one (UNIMPLEMENTED)
test("updates that are not implemented are replacements", async () => {
  const subsystem = await scene.make("NvmeSubsystem");
  const hostnqn = "nqn.2014-08.org.example:host";
  expect(await planned(scene.at("NvmeSubsystem"), subsystem, { hostnqn })).toEqual({
    replaced: ["hostnqn"],
    changed: [],
  });
});

// recordings/bridge-grpc.jsonl: NvmeController/create (no SPDK call carries it)
test("what the bridge drops without a word is warned of, and a change of it touches nothing", async () => {
  await scene.make("NvmeSubsystem");
  const fabricsId = { traddr: "127.0.0.1", trsvcid: "4420", adrfam: "ipv4" };
  const given = { trtype: "tcp", pcieId: undefined, fabricsId, maxNsq: 8 };
  expect((await said(scene.at("NvmeController"), given)).warnings).toEqual([
    "NvmeController.maxNsq: agents of dialect spdk-bridge ignore it",
  ]);
  const controller = await scene.make("NvmeController", given);
  const place = scene.at("NvmeController");
  scene.writes();
  expect(await planned(place, controller, { maxNsq: 16 })).toEqual({ replaced: [], changed: ["maxNsq"] });
  const news = { ...controller.inputs, maxNsq: 16 };
  await expect(update(place, { id: controller.id, olds: controller.outputs, news })).resolves.toMatchObject({
    maxNsq: 16,
  });
  expect(scene.writes()).toEqual([]);
});
