import type { Properties } from "../../../provider/catalogue/values/property";
import { read } from "../../../provider/lifecycle";
import { remotes } from "../life-cycle/lives";
import { onBridge, planned } from "./scene";

const scene = onBridge("spdk-bridge", { remotes });
const tcp = { trtype: "tcp", fabricsId: { traddr: "127.0.0.1", trsvcid: "4420", adrfam: "ipv4" }, pcieId: undefined };
const path = (trsvcid: number): Properties => ({
  nvmeRemoteController: "remote-1",
  fabrics: { trsvcid, subnqn: "nqn.2014-08.org.example:path-port", adrfam: "ipv4" },
});

// recordings/bridge-grpc.jsonl: NullVolume/create (volumes/item1), NullVolume/get (item1), VirtioBlk/create (Base0)
test("a volume keeps the name of its create, whatever reads call it, and goes by its bare id into references", async () => {
  const volume = await scene.make("NullVolume");
  expect(volume.id).toBe("volumes/disk-1");
  const found = await read(scene.at("NullVolume"), volume);
  expect(found).toMatchObject({ id: "volumes/disk-1", outputs: { name: "volumes/disk-1", resourceId: "disk-1" } });
  await scene.make("VirtioBlk", { volumeNameRef: volume.id });
  const sent = scene.dpu.bridge.calls.find(({ method }) => method === "CreateVirtioBlk");
  expect(sent?.request).toMatchObject({ virtioBlk: { volumeNameRef: "disk-1" } });
  // And is one and the same reference by both names.
  expect(await planned(scene.at("VirtioBlk"), await scene.make("VirtioBlk", { resourceId: "blk-2" }), {})).toEqual({
    replaced: [],
    changed: [],
  });
});

// recordings/bridge-grpc.jsonl: EncryptedVolume/get, NvmeSubsystem/get, NvmeController/get, VirtioScsiController/get, …
test("what reads leave out is kept as it was made: it is neither drift nor lost", async () => {
  await scene.make("MallocVolume");
  await scene.make("NullVolume", { resourceId: "disk-2" });
  const made = [
    ["NvmeSubsystem", await scene.make("NvmeSubsystem", { serialNumber: "OPI1", maxNamespaces: 8 })],
    ["EncryptedVolume", await scene.make("EncryptedVolume")],
    ["NvmeController", await scene.make("NvmeController", { ...tcp, maxNsq: 8 })],
    ["NvmeNamespace", await scene.make("NvmeNamespace", { volumeNameRef: "crypt-1", hostNsid: 3 })],
    ["VirtioScsiController", await scene.make("VirtioScsiController")],
    ["VirtioScsiLun", await scene.make("VirtioScsiLun", { volumeNameRef: "disk-2" })],
    ["VirtioBlk", await scene.make("VirtioBlk", { volumeNameRef: "disk-2", maxIoQps: 4 })],
    ["NvmeRemoteController", await scene.make("NvmeRemoteController", { tcp: { hdgst: true } })],
  ] as const;
  for (const [noun, object] of made) {
    const found = await read(scene.at(noun), object);
    expect([noun, found?.outputs]).toEqual([noun, object.outputs]);
    expect([noun, found?.inputs]).toEqual([noun, object.inputs]);
    const after = { ...object, outputs: found?.outputs ?? {} };
    expect([noun, await planned(scene.at(noun), after, {})]).toEqual([noun, { replaced: [], changed: [] }]);
  }
});

// recordings/bridge-grpc.jsonl: NvmePath/get_2
test("a path that reads answer with its sibling's port keeps its own", async () => {
  await scene.make("NvmeRemoteController", { multipath: "multipath" });
  await scene.make("NvmePath", { ...path(4420), resourceId: "path-1" });
  const second = await scene.make("NvmePath", { ...path(4421), resourceId: "path-2" });
  const client = scene.dpu.client({ dialect: "spdk-bridge" });
  expect(await client.get(scene.at("NvmePath").type, second.id)).toMatchObject({ fabrics: { trsvcid: 4420n } });
  const found = await read(scene.at("NvmePath"), second);
  expect(found?.outputs).toEqual(second.outputs);
  expect(found?.inputs).toMatchObject({ fabrics: { trsvcid: 4421 } });
});

// recordings/bridge-grpc.jsonl: VirtioBlk/get ("TBD", function 1 for all)
test("a virtio device that reads put on another one's function and volume keeps its own", async () => {
  await scene.make("NullVolume");
  const pcieId = { portId: 0, physicalFunction: 7, virtualFunction: 0 };
  const device = await scene.make("VirtioBlk", { pcieId });
  expect((await read(scene.at("VirtioBlk"), device))?.outputs).toMatchObject({ pcieId, volumeNameRef: "disk-1" });
});
