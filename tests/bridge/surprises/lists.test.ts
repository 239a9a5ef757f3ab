import { typeByNoun } from "../../../provider/catalogue";
import { read, remove } from "../../../provider/lifecycle";
import { onBridge } from "./scene";

const scene = onBridge();
const list = (noun: string, parent?: string) =>
  scene.dpu.client({ dialect: "spdk-bridge" }).list(typeByNoun(noun), parent);
const at = (trsvcid: number) => ({
  resourceId: `controller-${trsvcid}`,
  trtype: "tcp",
  fabricsId: { traddr: "127.0.0.1", trsvcid: String(trsvcid), adrfam: "ipv4" },
  pcieId: undefined,
});

// recordings/bridge-grpc.jsonl: NvmeController/list_page1, list_page2
test("a list that comes whole with every token is taken once", async () => {
  const { id } = await scene.make("NvmeSubsystem");
  for (const port of [4420, 4421, 4422]) await scene.make("NvmeController", at(port));
  expect(await list("NvmeController", id)).toHaveLength(3);
  const pages = scene.dpu.bridge.calls.filter(({ method }) => method === "ListNvmeControllers");
  expect(pages).toHaveLength(2);
});

// recordings/bridge-grpc.jsonl: NvmeController/list_parent_missing
test("controllers of other subsystems, which the list gives too, are left out", async () => {
  const { id } = await scene.make("NvmeSubsystem");
  await scene.make("NvmeSubsystem", { resourceId: "subsystem-2", nqn: "nqn.2014-08.org.example:disk-2" });
  await scene.make("NvmeController", at(4420));
  await scene.make("NvmeController", { ...at(4421), nvmeSubsystem: "subsystem-2" });
  expect((await list("NvmeController", id)).map(({ name }) => name)).toEqual([`${id}/nvmeControllers/controller-4420`]);
});

// recordings/bridge-grpc.jsonl: NvmeSubsystem/list, NvmeNamespace/list
test("entries without names are taken for nobody: an object is gone although others are listed", async () => {
  const subsystem = await scene.make("NvmeSubsystem");
  await scene.make("NvmeSubsystem", { resourceId: "subsystem-2", nqn: "nqn.2014-08.org.example:disk-2" });
  expect((await list("NvmeSubsystem")).map(({ name }) => name)).toEqual(["", "", ""]);
  await remove(scene.at("NvmeSubsystem"), subsystem);
  await expect(read(scene.at("NvmeSubsystem"), subsystem)).resolves.toBeUndefined();
  await expect(remove(scene.at("NvmeSubsystem"), subsystem)).resolves.toBeUndefined();
});

// recordings/bridge-grpc.jsonl: NvmeNamespace/list_empty (INVALID_ARGUMENT)
test("an error that means an empty list is one", async () => {
  const { id } = await scene.make("NvmeSubsystem");
  await expect(list("NvmeNamespace", id)).resolves.toEqual([]);
});

// recordings/bridge-grpc.jsonl: special.pagination/stale_token_offset_beyond_end
test("long lists come page by page, and no token is used for more than the page after it", async () => {
  await scene.make("NvmeSubsystem", { maxNamespaces: 1024 });
  for (let n = 0; n < 300; n++) {
    await scene.dpu.spdk("bdev_null_create", { name: `bdev-${n}`, block_size: 512, num_blocks: 8 });
  }
  expect(await list("NullVolume")).toHaveLength(300);
  const tokens = scene.dpu.bridge.calls
    .filter(({ method }) => method === "ListNullVolumes")
    .map(({ request }) => request.pageToken);
  expect(tokens).toEqual(["", expect.stringMatching(/./)]);
  expect(scene.dpu.bridge.died).toBeUndefined();
});
