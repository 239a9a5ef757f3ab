import { agentUnderTest, type AgentUnderTest } from "../testing/agent-under-test";
import { EncryptionType } from "../../provider/wire/opi_api/storage/v1/opicommon";

const volume = { blockSize: 512n, blocksCount: 2048n };

describe("ids, names, presence and pages", () => {
  let agent: AgentUnderTest;
  beforeAll(async () => {
    agent = await agentUnderTest();
  });
  afterAll(() => agent.stop());

  const create = (id: string, object: object = volume): Promise<unknown> =>
    agent.call("CreateNullVolume", { nullVolumeId: id, nullVolume: object });

  test.each([
    ["abc", /has 3 characters, 4 to 63/],
    ["a".repeat(64), /has 64 characters/],
    ["Upper", /lower-case letters, digits and hyphens/],
    ["1abc", /starts with a letter/],
    ["a_bc", /lower-case letters, digits and hyphens/],
    ["abcd/efgh", /lower-case letters, digits and hyphens/],
    ["feb98abe-d51f-40c8-b348-2753f3571d3c", /is a UUID/],
  ])("the id %s is refused", async (id, why) => {
    await expect(create(id)).rejects.toThrow(/^INVALID_ARGUMENT: null_volume_id: /);
    await expect(create(id)).rejects.toThrow(why);
  });

  test("an object without an id gets one that every agent would take", async () => {
    const { name } = (await create("")) as { name: string };
    expect(name).toMatch(/^nullVolumes\/[a-z][a-z0-9-]{3,62}$/);
    await agent.call("DeleteNullVolume", { name });
  });

  test("of many creates of one id at once, one succeeds; of many deletes too", async () => {
    const outcomes = async (attempt: () => Promise<unknown>): Promise<string[]> =>
      Promise.all(Array.from({ length: 10 }, () => attempt().then(() => "OK", String)));
    const created = await outcomes(() => create("once"));
    expect(created.filter((outcome) => outcome === "OK")).toHaveLength(1);
    expect(created.filter((outcome) => outcome.includes("ALREADY_EXISTS"))).toHaveLength(9);
    const deleted = await outcomes(() => agent.call("DeleteNullVolume", { name: "nullVolumes/once" }));
    expect(deleted.filter((outcome) => outcome === "OK")).toHaveLength(1);
    expect(deleted.filter((outcome) => outcome.includes("NOT_FOUND"))).toHaveLength(9);
  });

  test("a read beside a delete finds the object whole or not at all", async () => {
    for (let round = 0; round < 10; round++) {
      await create("fleeting");
      const name = "nullVolumes/fleeting";
      const reads = Promise.all(
        Array.from({ length: 5 }, () =>
          agent.call("GetNullVolume", { name }).then(({ blocksCount }) => blocksCount, String),
        ),
      );
      await agent.call("DeleteNullVolume", { name });
      for (const outcome of await reads)
        expect([2048n, "Error: NOT_FOUND: nullVolumes/fleeting does not exist"]).toContainEqual(outcome);
    }
  });

  test("an id belongs to one volume, whatever its kind", async () => {
    await create("shared");
    await expect(agent.call("CreateMallocVolume", { mallocVolumeId: "shared", mallocVolume: volume })).rejects.toThrow(
      "ALREADY_EXISTS: mallocVolumes/shared: the id shared belongs to nullVolumes/shared",
    );
    await agent.call("DeleteNullVolume", { name: "nullVolumes/shared" });
  });

  test.each([
    ["CreateNullVolume", {}, "null_volume: required"],
    ["CreateNullVolume", { nullVolume: { blockSize: 512n } }, "null_volume.blocks_count: required"],
    ["CreateNvmeSubsystem", { nvmeSubsystem: {} }, "nvme_subsystem.spec: required"],
    ["CreateNvmeSubsystem", { nvmeSubsystem: { spec: {} } }, "nvme_subsystem.spec.nqn: required"],
    [
      "CreateVirtioBlk",
      { virtioBlk: { pcieId: { portId: 0, physicalFunction: 0 }, volumeNameRef: "x" } },
      "virtio_blk.pcie_id.virtual_function: required",
    ],
    [
      "CreateEncryptedVolume",
      { encryptedVolume: { volumeNameRef: "x", key: Buffer.from("k") } },
      "encrypted_volume.cipher: required",
    ],
    [
      "CreateEncryptedVolume",
      { encryptedVolume: { volumeNameRef: "x", cipher: EncryptionType.ENCRYPTION_TYPE_AES_XTS_128 } },
      "encrypted_volume.key: required",
    ],
    [
      "CreateEncryptedVolume",
      { encryptedVolume: { volumeNameRef: "x", key: Buffer.from("k"), cipher: 99 } },
      "encrypted_volume.cipher: 99 is no value",
    ],
    ["CreateNvmeController", { nvmeController: {} }, "parent: required"],
    [
      "CreateNvmeController",
      { parent: "nvmeSubsystems", nvmeController: {} },
      'parent: "nvmeSubsystems" does not look like nvmeSubsystems/{subsystem}',
    ],
    ["GetNullVolume", {}, "name: required"],
    ["GetNullVolume", { name: "mallocVolumes/x" }, 'name: "mallocVolumes/x" does not look like nullVolumes/{volume}'],
    ["DeleteNullVolume", { name: "nullVolumes/", allowMissing: true }, 'name: "nullVolumes/" does not look like'],
    ["UpdateNullVolume", { nullVolume: volume }, "null_volume.name: required"],
    ["ListNvmeControllers", {}, "parent: required"],
    ["ListEncryptedVolumes", { parent: "encryptedVolumes" }, 'parent: "encryptedVolumes" is not volumes'],
    ["ListVirtioScsiLuns", {}, 'parent: "" is not virtioScsiLuns'],
  ])("%s of %j is refused by the field's path", async (method, request, text) => {
    await expect(agent.call(method, request)).rejects.toThrow(`INVALID_ARGUMENT: ${text}`);
  });

  test("a parent that is not there is named", async () => {
    const spec = { trtype: 4, fabricsId: { traddr: "127.0.0.1", trsvcid: "4420", adrfam: 1 } };
    const missing = "NOT_FOUND: parent: nvmeSubsystems/nowhere does not exist";
    await expect(
      agent.call("CreateNvmeController", { parent: "nvmeSubsystems/nowhere", nvmeController: { spec } }),
    ).rejects.toThrow(missing);
    await expect(agent.call("ListNvmeNamespaces", { parent: "nvmeSubsystems/nowhere" })).rejects.toThrow(missing);
  });

  describe("with more objects than a page holds", () => {
    const ids = Array.from({ length: 120 }, (_, at) => `page-${String(at).padStart(3, "0")}`);
    beforeAll(() => Promise.all(ids.map((id) => create(id))));

    interface Page {
      readonly nullVolumes: readonly { readonly name: string }[];
      readonly nextPageToken: string;
    }
    const list = async (request: object): Promise<Page> =>
      (await agent.call("ListNullVolumes", request)) as unknown as Page;

    test("concurrent creates all arrive, and pages of 50 bring them in order, each once", async () => {
      const names: string[] = [];
      let pageToken = "";
      do {
        const page = await list({ pageToken });
        expect(page.nullVolumes.length).toBeLessThanOrEqual(50);
        names.push(...page.nullVolumes.map((each) => each.name));
        pageToken = page.nextPageToken;
      } while (pageToken !== "");
      expect(names).toEqual(ids.map((id) => `nullVolumes/${id}`));
    });

    test("a page may be asked larger, up to the cap", async () => {
      const page = await list({ pageSize: 1000 });
      expect(page.nullVolumes).toHaveLength(120);
      expect(page.nextPageToken).toBe("");
    });

    test("a page that ends with the last object has no successor", async () => {
      expect((await list({ pageSize: 120 })).nextPageToken).toBe("");
      expect((await list({ pageSize: 119 })).nextPageToken).not.toBe("");
    });

    test("objects that go between pages neither repeat nor hide others", async () => {
      const first = await list({ pageSize: 10 });
      await agent.call("DeleteNullVolume", { name: "nullVolumes/page-009" });
      const second = await list({ pageSize: 1, pageToken: first.nextPageToken });
      expect(second.nullVolumes[0]?.name).toBe("nullVolumes/page-010");
    });

    test("a token of another list, a made-up one and a negative size are refused", async () => {
      const { nextPageToken } = await list({ pageSize: 1 });
      const refused = "INVALID_ARGUMENT: page_token";
      await expect(agent.call("ListMallocVolumes", { pageToken: nextPageToken })).rejects.toThrow(refused);
      await expect(list({ pageToken: "bm9uc2Vuc2U" })).rejects.toThrow(refused);
      await expect(list({ pageToken: "%%%" })).rejects.toThrow(refused);
      await expect(list({ pageSize: -1 })).rejects.toThrow("INVALID_ARGUMENT: page_size: -1 is negative");
    });
  });

  test("a token of one parent is refused under another", async () => {
    for (const id of ["parent-a", "parent-b"])
      await agent.call("CreateNvmeSubsystem", {
        nvmeSubsystemId: id,
        nvmeSubsystem: { spec: { nqn: `nqn.2024-01.com.example:${id}` } },
      });
    for (const trsvcid of ["4420", "4421"])
      await agent.call("CreateNvmeController", {
        parent: "nvmeSubsystems/parent-a",
        nvmeController: { spec: { trtype: 4, fabricsId: { traddr: "127.0.0.1", trsvcid, adrfam: 1 } } },
      });
    const { nextPageToken: pageToken } = await agent.call("ListNvmeControllers", {
      parent: "nvmeSubsystems/parent-a",
      pageSize: 1,
    });
    expect(pageToken).not.toBe("");
    await expect(agent.call("ListNvmeControllers", { parent: "nvmeSubsystems/parent-b", pageToken })).rejects.toThrow(
      "INVALID_ARGUMENT: page_token",
    );
  });
});
