import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ClassicLevel } from "classic-level";

import { EncryptedVolume } from "../../provider/wire/opi_api/storage/v1/middleend_encryption";
import { NvmeNamespace } from "../../provider/wire/opi_api/storage/v1/frontend_nvme";
import { NvmeRemoteController } from "../../provider/wire/opi_api/storage/v1/backend_nvme";
import { copy } from "../contract/message";
import { kinds } from "../kinds";
import { DurableStore, type StateOptions } from "./durable-store";
import type { StoredObject } from "./store";

const secretPaths = (type: string): readonly string[] => kinds.find((kind) => kind.type === type)?.secrets ?? [];
const KEY = Buffer.from(Array.from({ length: 64 }, (_, at) => at + 0x41));
const PSK = "NVMeTLSkey-1:01:YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWF3F7HK:";

function stored(type: string, name: string, object: object, more: Partial<StoredObject> = {}): StoredObject {
  const id = name.slice(name.lastIndexOf("/") + 1);
  return { name, type, id, parent: "", object: copy(type, object), state: {}, uses: [], ...more };
}

const encrypted = stored(
  "opi_api.storage.v1.EncryptedVolume",
  "encryptedVolumes/vault",
  EncryptedVolume.fromPartial({ name: "encryptedVolumes/vault", volumeNameRef: "nullVolumes/base", key: KEY }),
  { state: { bdev: "vault", key: "opi-vault" }, uses: ["nullVolumes/base"] },
);
const remote = stored(
  "opi_api.storage.v1.NvmeRemoteController",
  "nvmeRemoteControllers/array",
  NvmeRemoteController.fromPartial({ name: "nvmeRemoteControllers/array", tcp: { psk: Buffer.from(PSK) } }),
);
const namespace = stored(
  "opi_api.storage.v1.NvmeNamespace",
  "nvmeSubsystems/one/nvmeNamespaces/disk",
  NvmeNamespace.fromPartial({
    name: "nvmeSubsystems/one/nvmeNamespaces/disk",
    spec: { hostNsid: 7, eui64: -(2n ** 63n), volumeNameRef: "vault" },
  }),
  { parent: "nvmeSubsystems/one", state: { nqn: "nqn.x", nsid: 7, bdev: "vault" }, uses: [encrypted.name] },
);

describe("a durable store", () => {
  let root: string;
  let folder: string;
  const open = (options: Partial<StateOptions> = {}): Promise<DurableStore> =>
    DurableStore.open({ folder, secretPaths, ...options });
  /** Changes the database behind the store's back. */
  const tamper = async (change: (database: ClassicLevel) => Promise<void>): Promise<void> => {
    const database = new ClassicLevel<string, string>(join(folder, "objects"));
    await database.open();
    await change(database);
    await database.close();
  };
  const filled = async (): Promise<void> => {
    const store = await open();
    for (const object of [encrypted, remote, namespace]) await store.put(object);
    await store.close();
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "opi-store-test-"));
    folder = join(root, "state");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test("gives back exactly what was put in, secrets and 64-bit numbers included", async () => {
    await filled();
    const store = await open();
    expect(store.all()).toEqual([encrypted, remote, namespace]);
    expect(store.dependentsOf(encrypted.name)).toEqual([namespace.name]);
    expect(store.list(namespace.type, "nvmeSubsystems/one")).toEqual([namespace]);
    await store.remove(namespace.name);
    await store.close();
    const again = await open();
    expect(again.all()).toEqual([encrypted, remote]);
    await again.close();
  });

  test("keeps what was begun until it is put, removed or abandoned", async () => {
    const store = await open();
    await store.begin({ action: "create", object: encrypted });
    await store.put(remote);
    await store.begin({ action: "update", object: remote, after: { ...remote, state: { changed: true } } });
    await store.put(namespace);
    await store.begin({ action: "delete", object: namespace });
    await store.close();
    const again = await open();
    expect(again.get(encrypted.name)).toBeUndefined();
    expect(again.begun(encrypted.name)).toEqual({ action: "create", object: encrypted });
    expect(again.begun(remote.name)).toMatchObject({
      action: "update",
      object: remote,
      after: { state: { changed: true } },
    });
    expect(again.begun(namespace.name)).toEqual({ action: "delete", object: namespace });
    await again.put(encrypted);
    await again.abandon(remote.name);
    await again.remove(namespace.name);
    await again.close();
    const last = await open();
    expect(last.allBegun()).toEqual([]);
    expect(last.all()).toEqual([encrypted, remote]);
    await last.close();
  });

  test("keeps what is written by many at once", async () => {
    const store = await open();
    const names = Array.from({ length: 100 }, (_, at) => `nvmeRemoteControllers/array-${at}`);
    const many = names.map((name) => stored(remote.type, name, { ...remote.object, name }));
    await Promise.all(many.map((object) => store.begin({ action: "create", object })));
    await Promise.all(many.map((object, at) => (at % 2 === 0 ? store.put(object) : store.abandon(object.name))));
    await store.close();
    const again = await open();
    expect(again.all()).toHaveLength(50);
    expect(again.allBegun()).toEqual([]);
    await again.close();
  });

  test("lets nobody else into its folder, and no secret onto the disk", async () => {
    await filled();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, "key")).mode & 0o777).toBe(0o600);
    for (const secret of [KEY, KEY.subarray(0, 32), Buffer.from(PSK), Buffer.from(KEY.toString("base64").slice(0, 40))])
      for (const file of readdirSync(folder, { recursive: true, withFileTypes: true }))
        if (file.isFile()) expect(readFileSync(join(file.parentPath, file.name)).includes(secret)).toBe(false);
    chmodSync(folder, 0o755);
    await (await open()).close();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  test("belongs to one agent at a time", async () => {
    const store = await open();
    await expect(open()).rejects.toThrow(`the agent's state in ${folder} is in use by another agent`);
    const other = `
      const { DurableStore } = require(${JSON.stringify(join(__dirname, "durable-store.ts"))});
      DurableStore.open({ folder: ${JSON.stringify(folder)}, secretPaths: () => [] }).catch((e) => console.log(e.message));`;
    const said = execFileSync(process.execPath, ["--require", "ts-node/register/transpile-only", "-e", other], {
      env: { ...process.env, DISABLE_V8_COMPILE_CACHE: "1" },
    });
    expect(said.toString()).toContain("is in use by another agent");
    await store.close();
    await (await open()).close();
  });

  test("takes its key from a file in either spelling, and refuses another key", async () => {
    const keyFile = join(root, "key");
    const bytes = Buffer.alloc(32, 9);
    writeFileSync(keyFile, bytes.toString("hex"));
    const store = await open({ keyFile });
    await store.put(encrypted);
    await store.close();
    expect(readdirSync(folder)).toEqual(["objects"]);
    writeFileSync(keyFile, `${bytes.toString("base64")}\n`);
    const again = await open({ keyFile });
    expect(again.all()).toEqual([encrypted]);
    await again.close();
    writeFileSync(keyFile, "00".repeat(32));
    await expect(open({ keyFile })).rejects.toThrow("is sealed with another key");
    await expect(open()).rejects.toThrow("is sealed with another key");
    writeFileSync(keyFile, "too short");
    await expect(open({ keyFile })).rejects.toThrow(`the state key ${keyFile} is none: expected 32 bytes`);
    await expect(open({ keyFile: join(root, "none") })).rejects.toThrow("cannot be read");
  });

  test("refuses what a newer version wrote", async () => {
    await filled();
    await tamper((database) => database.put("version", "2"));
    await expect(open()).rejects.toThrow("is of format 2, and this version of the agent reads format 1");
  });

  test.each<[string, (database: ClassicLevel) => Promise<void>, string]>([
    [
      "a record of an unknown name",
      (db) => db.put("notes/x", "1"),
      "a record notes/x that cannot be read: its name is unknown",
    ],
    [
      "a record that is cut",
      async (db) => db.put(`object/${remote.name}`, ((await db.get(`object/${remote.name}`)) ?? "").slice(0, 40)),
      "cannot be read",
    ],
    [
      "a record of an unknown type",
      async (db) =>
        db.put(
          `object/${remote.name}`,
          ((await db.get(`object/${remote.name}`)) ?? "").replaceAll("NvmeRemoteController", "NvmeFuture"),
        ),
      "unknown to this version",
    ],
    [
      "a record with an unknown part",
      async (db) =>
        db.put(
          `object/${remote.name}`,
          ((await db.get(`object/${remote.name}`)) ?? "").replace('{"name"', '{"more":1,"name"'),
        ),
      "it holds more, which this version does not know",
    ],
    [
      "a record that was moved",
      async (db) => db.put("object/nvmeRemoteControllers/other", (await db.get(`object/${remote.name}`)) ?? ""),
      "it is of nvmeRemoteControllers/array",
    ],
    ["a record that is gone", (db) => db.del(`object/${remote.name}`), "is damaged: records are missing"],
    [
      "a record that was changed",
      async (db) =>
        db.put(
          `object/${namespace.name}`,
          ((await db.get(`object/${namespace.name}`)) ?? "").replace('"nsid":7', '"nsid":8'),
        ),
      "is damaged",
    ],
  ])("refuses %s, and drops nothing", async (_what, change, why) => {
    await filled();
    await tamper(change);
    await expect(open()).rejects.toThrow(why);
    await expect(open()).rejects.toThrow(folder);
  });

  test("finds all that was written when the end of its log is torn", async () => {
    await filled();
    const log = readdirSync(join(folder, "objects")).find((name) => name.endsWith(".log")) ?? "";
    const file = join(folder, "objects", log);
    const size = statSync(file).size;
    // The last batch is the namespace's: a cut inside it is a write that nobody was told of.
    truncateSync(file, size - 5);
    const store = await open();
    expect(store.all()).toEqual([encrypted, remote]);
    await store.close();
  });

  test("says when it cannot be written, and still knows what it held", async () => {
    const store = await open();
    await store.put(remote);
    await store.close();
    await expect(store.put(encrypted)).rejects.toThrow(`the agent's state in ${folder} cannot be written`);
    expect(store.all()).toEqual([remote]);
  });

  test("names the folder that it cannot make", async () => {
    writeFileSync(join(root, "file"), "");
    await expect(open({ folder: join(root, "file", "state") })).rejects.toThrow("cannot be used");
  });
});
