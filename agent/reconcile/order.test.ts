import { MemoryStore } from "../store/memory-store";
import type { StoredObject } from "../store/store";
import { inOrder } from "./order";

const object = (type: string, name: string, uses: readonly string[] = []): StoredObject => {
  const parts = name.split("/");
  const parent = parts.slice(0, -2).join("/");
  return { name, type: `opi_api.storage.v1.${type}`, id: parts.at(-1) ?? "", parent, object: {}, state: {}, uses };
};

test("objects come after those that they need, users of remote storage after its paths, and listeners last", async () => {
  const store = new MemoryStore();
  const remote = "nvmeRemoteControllers/remote";
  for (const each of [
    object("EncryptedVolume", "encryptedVolumes/a", ["encryptedVolumes/z"]),
    object("EncryptedVolume", "encryptedVolumes/z", [`${remote}/nvmeRemoteNamespaces/1`, remote]),
    object("NvmePath", `${remote}/nvmePaths/path`),
    object("NvmeRemoteController", remote),
    object("NvmeController", "nvmeSubsystems/s/nvmeControllers/c"),
    object("NvmeNamespace", "nvmeSubsystems/s/nvmeNamespaces/n", ["encryptedVolumes/a"]),
    object("NvmeSubsystem", "nvmeSubsystems/s"),
    object("VirtioBlk", "virtioBlks/disk", ["volumes/null"]),
    object("NullVolume", "volumes/null"),
  ])
    await store.put(each);
  expect(inOrder(store).map(({ name }) => name)).toEqual([
    remote,
    `${remote}/nvmePaths/path`,
    "encryptedVolumes/z",
    "encryptedVolumes/a",
    "nvmeSubsystems/s",
    "nvmeSubsystems/s/nvmeNamespaces/n",
    "volumes/null",
    "virtioBlks/disk",
    "nvmeSubsystems/s/nvmeControllers/c",
  ]);
});
