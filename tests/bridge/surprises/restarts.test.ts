import { status } from "@grpc/grpc-js";
import { inputsFor } from "../../agents/stage";
import { create, Incomplete, read, remove } from "../../../provider/lifecycle";
import { failureOf, onBridge, type Made } from "./scene";

const scene = onBridge();
const tcp = { trtype: "tcp", fabricsId: { traddr: "127.0.0.1", trsvcid: "4420", adrfam: "ipv4" }, pcieId: undefined };

/** One object of each type that the bridge keeps in SPDK too, in the order in which they need each other. */
async function populate(): Promise<readonly (readonly [noun: string, object: Made])[]> {
  const volume = await scene.make("NullVolume");
  const base = await scene.make("MallocVolume", { resourceId: "disk-2" });
  const crypt = await scene.make("EncryptedVolume", { volumeNameRef: base.id });
  const subsystem = await scene.make("NvmeSubsystem");
  const controller = await scene.make("NvmeController", tcp);
  const namespace = await scene.make("NvmeNamespace", { volumeNameRef: crypt.id });
  const blk = await scene.make("VirtioBlk", { volumeNameRef: volume.id });
  const scsi = await scene.make("VirtioScsiController");
  return [
    ["NullVolume", volume],
    ["MallocVolume", base],
    ["EncryptedVolume", crypt],
    ["NvmeSubsystem", subsystem],
    ["NvmeController", controller],
    ["NvmeNamespace", namespace],
    ["VirtioBlk", blk],
    ["VirtioScsiController", scsi],
  ];
}

/** Those have no trace in a list of their own: below a parent that is unknown, they go with it. */
const BELOW = ["NvmeController", "NvmeNamespace"];

// recordings/bridge-grpc.jsonl: special.restart_bridge/after_Get…
test("objects that the bridge forgot and SPDK still has are not dropped from the state, but told with the way on", async () => {
  const objects = await populate();
  await scene.dpu.bridge.restart();
  for (const [noun, object] of objects.filter(([each]) => !BELOW.includes(each))) {
    const error = await failureOf(read(scene.at(noun), object));
    expect([noun, error.code]).toEqual([noun, status.FAILED_PRECONDITION]);
    expect(error.message).toMatch(/does not know it, yet still lists .*forget their objects on restart/s);
    expect(error.remedy).toMatch(/^Remove what is left in the storage process \(rpc.py \w+ .*(disk|crypt|blk|scsi)-\d/);
  }
  for (const [noun, object] of objects.filter(([each]) => BELOW.includes(each))) {
    expect([noun, await read(scene.at(noun), object)]).toEqual([noun, undefined]);
  }
});

// recordings/bridge-grpc.jsonl: special.restart_bridge/after_Delete…
test("a delete of what the bridge forgot is no success while SPDK has it", async () => {
  const objects = await populate();
  await scene.dpu.bridge.restart();
  for (const [noun, object] of objects.filter(([each]) => !BELOW.includes(each))) {
    const error = await failureOf(remove(scene.at(noun), object));
    expect([noun, error.code]).toEqual([noun, status.FAILED_PRECONDITION]);
    expect(error.message).toContain("yet still lists");
  }
});

// recordings/bridge-grpc.jsonl: special.restart_bridge/recreate_null (File exists), recreate_subsys
test.each([
  ["NullVolume", "File exists", '"disk-1"'],
  ["NvmeSubsystem", "Unable to create subsystem", 'nqn "nqn.2014-08.org.example:disk-1"'],
  ["VirtioScsiController", "File exists", '"volumes/scsi-1"'],
])("a create of a %s that the bridge forgot says who stands in its way", async (noun, refusal, trace) => {
  const { inputs } = await scene.make(noun);
  await scene.dpu.bridge.restart();
  const error = await failureOf(create(scene.at(noun), inputs));
  expect(error.message).toContain(refusal);
  expect(error.message).toContain(`the agent does not know the object, yet lists ${trace}`);
  expect(error.remedy).toContain("Remove what is left in the storage process");
});

test("after a restart of the bridge, an SPDK that is restarted too, or cleared by hand, lets everything be made again", async () => {
  const volume = await scene.make("NullVolume");
  const subsystem = await scene.make("NvmeSubsystem");
  await scene.dpu.bridge.restart();
  // By hand, as the error says.
  await scene.dpu.spdk("bdev_null_delete", { name: "disk-1" });
  await expect(read(scene.at("NullVolume"), volume)).resolves.toBeUndefined();
  await expect(create(scene.at("NullVolume"), volume.inputs)).resolves.toMatchObject({ id: volume.id });
  await scene.dpu.restartSpdk();
  await scene.dpu.bridge.restart();
  await expect(read(scene.at("NvmeSubsystem"), subsystem)).resolves.toBeUndefined();
  await expect(create(scene.at("NvmeSubsystem"), subsystem.inputs)).resolves.toMatchObject({ id: subsystem.id });
});

// recordings/bridge-grpc.jsonl: special.spdk_restart/after_Get… (UNKNOWN: No such device; INVALID_ARGUMENT: Could not find NQN)
test("what SPDK lost by a restart is gone, though the bridge says UNKNOWN where it means NOT_FOUND", async () => {
  // A controller is told from memory alone, whatever SPDK has.
  const objects = (await populate()).filter(([noun]) => noun !== "NvmeController");
  await scene.dpu.restartSpdk();
  for (const [noun, object] of objects) expect([noun, await read(scene.at(noun), object)]).toEqual([noun, undefined]);
  for (const [noun, object] of objects.filter(([each]) => !["NvmeSubsystem", "NvmeNamespace"].includes(each))) {
    await expect(remove(scene.at(noun), object)).resolves.toBeUndefined();
  }
});

// recordings/bridge-grpc.jsonl: special.spdk_restart/after_DeleteNvmeSubsystem, …Namespace (Invalid parameters)
test.each(["NvmeSubsystem", "NvmeNamespace"])(
  "a delete of a %s that SPDK has lost succeeds, though the bridge answers it with an error that says nothing",
  async (noun) => {
    const objects = new Map(await populate());
    const object = objects.get(noun);
    await scene.dpu.restartSpdk();
    if (!object) throw new Error(`no ${noun} was made`);
    await expect(remove(scene.at(noun), object)).resolves.toBeUndefined();
  },
);

// recordings/bridge-grpc.jsonl: special.spdk_restart/create_idempotent_null (OK, from memory)
test("OK to a create that made nothing, because SPDK lost what the bridge remembers, is no success", async () => {
  const volume = await scene.make("NullVolume");
  await scene.dpu.restartSpdk();
  const incomplete = await failureOf(create(scene.at("NullVolume"), volume.inputs), Incomplete);
  expect(incomplete.message).toContain("the agent answered OK, yet does not have it");
  expect(incomplete.message).toContain("restart the agent if its storage process was restarted");
  // As it says.
  await scene.dpu.bridge.restart();
  await expect(create(scene.at("NullVolume"), inputsFor("NullVolume"))).resolves.toMatchObject({ id: volume.id });
  expect(await scene.dpu.held()).toEqual(["disk-1"]);
});
