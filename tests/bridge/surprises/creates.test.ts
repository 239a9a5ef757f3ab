import { status } from "@grpc/grpc-js";
import { create, Incomplete, read } from "../../../provider/lifecycle";
import { inputsFor } from "../../agents/stage";
import { failureOf, onBridge } from "./scene";

const scene = onBridge();

// recordings/bridge-grpc.jsonl: special.names/malloc_same_id_as_null
test("an id that another kind of volume has is told as that one's: nobody is sent to remove it", async () => {
  const volume = await scene.make("NullVolume");
  const error = await failureOf(create(scene.at("MallocVolume"), inputsFor("MallocVolume")));
  expect(error).toMatchObject({ code: status.ALREADY_EXISTS, remedy: "Choose another resourceId." });
  expect(error.message).toContain("the agent has a NullVolume of that id");
  // Nor is its entry, which every list of volumes shows, a trace of a volume that never was.
  await expect(read(scene.at("MallocVolume"), { ...volume, inputs: undefined })).resolves.toBeUndefined();
});

// recordings/bridge-grpc.jsonl: NullVolume/create_same_id_different_values (OK, with the old object)
test("an id that is there is asked for before the create, which would answer OK with the old object", async () => {
  await scene.make("NullVolume");
  scene.writes();
  const error = await failureOf(create(scene.at("NullVolume"), inputsFor("NullVolume", { blocksCount: 128 })));
  expect(error).toMatchObject({ code: status.ALREADY_EXISTS });
  expect(error.message).toContain("blocksCount (wished 128, found 64)");
  expect(scene.writes()).toEqual([]);
});

// recordings/bridge-grpc.jsonl: special.encrypted/base_already_claimed, base_already_claimed_retry_same_id
test("a create that fails half-way and leaves its key tells how to remove it, and so does the next one", async () => {
  await scene.make("NullVolume");
  await scene.make("EncryptedVolume");
  const again = inputsFor("EncryptedVolume", { resourceId: "crypt-2" });
  for (const text of ["Operation not permitted", "failed to create DEK, rc -17"]) {
    const error = await failureOf(create(scene.at("EncryptedVolume"), again));
    expect(error.message).toContain(text);
    expect(error.remedy).toContain("rpc.py accel_crypto_key_destroy -n crypt-2");
  }
  expect(await scene.dpu.held()).toContain("crypt-2");
});

// recordings/bridge-grpc.jsonl: EncryptedVolume.bad/create_volume_missing (OK)
test("OK to an encryption of a volume that does not exist is no success", async () => {
  const error = await failureOf(create(scene.at("EncryptedVolume"), inputsFor("EncryptedVolume")), Incomplete);
  expect(error.message).toContain("the agent answered OK, yet does not have it");
  expect(error.message).toContain("Look whether what it refers to is there");
});

// recordings/bridge-grpc.jsonl: special.refs/ns_on_qos_id (Invalid parameters: there is no bdev of that name)
test("a reference to a QoS volume goes out as the volume that it limits", async () => {
  const volume = await scene.make("NullVolume");
  const limited = await scene.make("QosVolume", { volumeNameRef: volume.id });
  const device = await scene.make("VirtioBlk", { volumeNameRef: limited.id });
  expect(device.outputs.volumeNameRef).toBe(limited.id);
  const sent = scene.dpu.bridge.calls.find(({ method }) => method === "CreateVirtioBlk");
  expect(sent?.request).toMatchObject({ virtioBlk: { volumeNameRef: "disk-1" } });
});

// recordings/bridge-grpc.jsonl: special.tls_frontend/subsys_bad_psk, NvmeSubsystem.bad/create_hostnqn_bad
test("a subsystem that a refused host leaves half-made in SPDK is told by its NQN, with how to remove it", async () => {
  const nqn = "nqn.2014-08.org.example:disk-1";
  await scene.dpu.spdk("nvmf_create_subsystem", { nqn });
  const error = await failureOf(create(scene.at("NvmeSubsystem"), inputsFor("NvmeSubsystem")));
  expect(error.message).toContain(`yet lists nqn "${nqn}"`);
  expect(error.remedy).toContain(`rpc.py nvmf_delete_subsystem ${nqn}`);
});
