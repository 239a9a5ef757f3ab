import { renameSync } from "node:fs";
import { join } from "node:path";

import { service as healthService } from "grpc-health-check";
import pino from "pino";

import { SpdkError, type SpdkCaller } from "../spdk";
import { AgentLives } from "../testing/agent-lives";
import { OTHER_PSK, PSK, TestClient, type Message } from "../testing/agent-under-test";
import { NvmeTransportType } from "../../provider/wire/opi_api/storage/v1/opicommon";
import { endpoint, HOST_NQN } from "../testing/samples";
import { AIO_FILE, LISTS, scene } from "../testing/scene";

const VAULT = "encryptedVolumes/vault";
const PATH = "nvmeRemoteControllers/remote/nvmePaths/path-a";
const FAR = "nvmeSubsystems/subsys/nvmeNamespaces/distant";

describe("an agent that keeps its objects", () => {
  let lives: AgentLives;
  beforeEach(async () => {
    lives = await AgentLives.open();
  });
  afterEach(() => lives.close());

  async function build(): Promise<void> {
    for (const [method, request] of scene(lives)) await lives.call(method, request);
  }
  const objects = async (): Promise<Record<string, unknown>> =>
    Object.fromEntries(
      await Promise.all(
        LISTS.map(async ([method, request]) => [
          JSON.stringify([method, request]),
          withoutAioUuids(await lives.call(method, request)),
        ]),
      ),
    ) as Record<string, unknown>;
  const count = async (): Promise<number> =>
    Object.entries(await objects())
      .filter(([method]) => !method.includes("ListNvmeRemoteNamespaces"))
      .flatMap(([, list]) => Object.values(list as Message))
      .filter(Array.isArray)
      .flat().length;

  test("recognises all of them when it starts again, without a call that changes anything", async () => {
    await lives.start();
    await build();
    const [known, held] = [await objects(), await lives.snapshot()];
    lives.leaveBehind();
    const changing: string[] = [];
    await lives.startMortal((spdk) => observed(spdk, (verb) => changing.push(verb)));
    expect(changing).toEqual([]);
    expect(lives.agent?.reconciled).toEqual({
      recognised: await count(),
      recreated: 0,
      rolledBack: 0,
      failed: 0,
      waiting: 0,
    });
    expect(await objects()).toEqual(known);
    expect(await lives.snapshot()).toEqual(held);
  });

  test.each<[string, (lives: AgentLives) => Promise<void>]>([
    [
      "when SPDK was restarted while the agent was down",
      async (of) => {
        of.leaveBehind();
        await of.restartSpdk();
        await of.start();
      },
    ],
    ["when SPDK is restarted while the agent runs", (of) => of.restartSpdk()],
  ])("makes all of them again as they were %s", async (_when, restart) => {
    await lives.start();
    await build();
    const [known, held, all] = [await objects(), await lives.snapshot(), await count()];
    await restart(lives);
    // The first call waits until all is there, but for what is attached in the background.
    await lives.call("ListNullVolumes");
    await lives.attached();
    expect(await objects()).toEqual(known);
    expect(comparable(await lives.snapshot())).toEqual(comparable(held));
    const { recognised, recreated, failed } = lives.agent?.reconciled ?? { recognised: 0, recreated: 0, failed: 1 };
    // Controllers of remote storage are nothing in SPDK without their paths, and a pair of SCSI is one thing.
    expect([recognised + recreated, failed]).toEqual([all, 0]);
    await lives.call("UpdateNullVolume", {
      nullVolume: { name: "nullVolumes/null-volume", blocksCount: 8192n },
      updateMask: ["blocks_count"],
    });
  });

  test("holds calls back while SPDK is away, says so by its health, and answers when SPDK is back", async () => {
    await lives.start();
    await build();
    await lives.stopSpdk();
    const health = new TestClient(lives.agent?.address ?? "");
    const status = async (): Promise<unknown> => (await health.unary(healthService.Check, { service: "" })).status;
    while ((await status()) !== "NOT_SERVING") await new Promise((resolve) => setTimeout(resolve, 10));
    const answer = lives.call("GetNullVolume", { name: "nullVolumes/null-volume" });
    await lives.restartSpdk();
    expect(await answer).toMatchObject({ blocksCount: 4096n });
    while ((await status()) !== "SERVING") await new Promise((resolve) => setTimeout(resolve, 10));
    health.close();
  });

  test("warns of volumes that come back empty", async () => {
    const lines: string[] = [];
    const logger = pino({ level: "warn" }, { write: (line: string) => void lines.push(line) });
    await lives.start({ logger });
    await build();
    await lives.restartSpdk();
    await lives.call("ListNullVolumes");
    await lives.attached();
    const warned = lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => String(msg).includes("empty"));
    expect(warned.map(({ name }) => name).sort()).toEqual([
      "mallocVolumes/malloc-two",
      "mallocVolumes/malloc-volume",
      "nullVolumes/null-two",
      "nullVolumes/null-volume",
    ]);
  });

  test("reports what something else in SPDK stands in the place of, leaves that alone, and lets its own be deleted", async () => {
    await lives.start();
    await build();
    lives.leaveBehind();
    await lives.restartSpdk();
    const foreign = { name: "malloc-volume", num_blocks: 64, block_size: 4096 };
    await lives.spdk.call("bdev_malloc_create", foreign);
    await lives.start();
    await lives.attached();
    const get = lives.call("GetMallocVolume", { name: "mallocVolumes/malloc-volume" });
    await expect(get).rejects.toThrow(
      /^DATA_LOSS: mallocVolumes\/malloc-volume: SPDK has a block device malloc-volume of another make: block size 4096 for 512.*left alone/,
    );
    await expect(lives.call("GetEncryptedVolume", { name: VAULT })).rejects.toThrow(
      `DATA_LOSS: ${VAULT}: SPDK no longer has it, and it could not be made again: it needs mallocVolumes/malloc-volume`,
    );
    expect(lives.agent?.reconciled.failed).toBe(4);
    expect(await lives.call("ListMallocVolumes")).toMatchObject({
      mallocVolumes: [{}, { name: "mallocVolumes/malloc-volume" }],
    });
    for (const [method, name] of [
      ["DeleteNvmeNamespace", "nvmeSubsystems/subsys/nvmeNamespaces/second"],
      ["DeleteEncryptedVolume", "encryptedVolumes/a-vault-in-it"],
      ["DeleteEncryptedVolume", VAULT],
      ["DeleteMallocVolume", "mallocVolumes/malloc-volume"],
    ] as const)
      await lives.call(method, { name });
    expect(await lives.spdk.call("bdev_get_bdevs", { name: foreign.name })).toMatchObject([{ num_blocks: 64 }]);
    expect(lives.agent?.reconciled.failed).toBe(0);
  });

  test("says of what cannot be made again why, and makes it when that is over", async () => {
    await lives.start();
    await build();
    const file = join(lives.folder, AIO_FILE);
    renameSync(file, `${file}.away`);
    await lives.restartSpdk();
    const get = (): Promise<Message> => lives.call("GetAioVolume", { name: "aioVolumes/aio-volume" });
    await expect(get()).rejects.toThrow(/^DATA_LOSS: .*could not be made again: .*SPDK cannot open .*scene\.img/);
    await expect(lives.call("GetVirtioBlk", { name: "virtioBlks/disk" })).rejects.toThrow(
      "DATA_LOSS: virtioBlks/disk: SPDK no longer has it, and it could not be made again: it needs aioVolumes/aio-volume",
    );
    expect(await lives.call("GetNullVolume", { name: "nullVolumes/null-volume" })).toMatchObject({
      blocksCount: 4096n,
    });
    renameSync(`${file}.away`, file);
    while ((lives.agent?.reconciled.failed ?? 0) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await get()).toMatchObject({ filename: file });
    expect(await lives.call("GetVirtioBlk", { name: "virtioBlks/disk" })).toMatchObject({
      maxLimit: { rwIopsKiops: 5n },
    });
  });

  test("goes on without remote storage that is not there, and attaches it when it is", async () => {
    await lives.start();
    await build();
    const known = await objects();
    await lives.restartSpdk([]);
    await lives.call("ListNullVolumes");
    await lives.attached();
    await expect(lives.call("GetNvmePath", { name: PATH })).rejects.toThrow(/^DATA_LOSS: .*SPDK cannot attach/);
    await expect(lives.call("GetNvmeNamespace", { name: FAR })).rejects.toThrow(
      `DATA_LOSS: ${FAR}: SPDK no longer has it, and it could not be made again: it needs encryptedVolumes/far-vault`,
    );
    await lives.call("CreateNullVolume", {
      nullVolumeId: "meanwhile",
      nullVolume: { blockSize: 512n, blocksCount: 8n },
    });
    await lives.call("DeleteNullVolume", { name: "nullVolumes/meanwhile" });
    await lives.restartSpdk();
    await lives.call("ListNullVolumes");
    await lives.attached();
    expect(await objects()).toEqual(known);
    await lives.call("DeleteNvmeNamespace", { name: FAR });
    await lives.call("DeleteEncryptedVolume", { name: "encryptedVolumes/far-vault" });
    await lives.call("DeleteNvmePath", { name: PATH });
  });

  test("makes nobody wait for remote storage that is slow to answer, but who changes it", async () => {
    await lives.start();
    await build();
    lives.leaveBehind();
    await lives.restartSpdk();
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    await lives.startMortal((spdk) => ({
      close: () => spdk.close(),
      async call(verb, params, options) {
        if (verb === "bdev_nvme_attach_controller") await answered;
        return spdk.call(verb, params, options);
      },
    }));
    expect(await lives.call("GetNullVolume", { name: "nullVolumes/null-volume" })).toMatchObject({
      blocksCount: 4096n,
    });
    await lives.call("CreateNullVolume", {
      nullVolumeId: "meanwhile",
      nullVolume: { blockSize: 512n, blocksCount: 8n },
    });
    await expect(lives.call("GetNvmePath", { name: PATH })).rejects.toThrow("UNAVAILABLE: ");
    await expect(lives.call("GetNvmeNamespace", { name: FAR })).rejects.toThrow(/^UNAVAILABLE: .*it needs/);
    expect(await lives.call("ListNvmePaths", { parent: "nvmeRemoteControllers/remote" })).toMatchObject({
      nvmePaths: [{ name: PATH }],
    });
    const deletion = lives.call("DeleteNvmePath", { name: PATH });
    answer();
    await expect(deletion).rejects.toThrow(/FAILED_PRECONDITION: .*while its namespaces are used/);
    await lives.attached();
    expect(await lives.call("GetNvmeNamespace", { name: FAR })).toMatchObject({ spec: { hostNsid: 9 } });
  });

  test("takes back later what it could not take back at once", async () => {
    let broken = true;
    await lives.startMortal((spdk) => ({
      close: () => spdk.close(),
      async call(verb, params, options) {
        if (broken && (verb === "bdev_crypto_create" || verb === "accel_crypto_key_destroy"))
          throw new SpdkError(verb, -32603, "injected fault");
        return spdk.call(verb, params, options);
      },
    }));
    await build().catch(() => undefined);
    expect(await lives.spdk.call("accel_crypto_keys_get")).toHaveLength(1);
    broken = false;
    while ((lives.agent?.reconciled.rolledBack ?? 0) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await lives.spdk.call("accel_crypto_keys_get")).toEqual([]);
    await expect(lives.call("GetEncryptedVolume", { name: VAULT })).rejects.toThrow("NOT_FOUND");
  });

  test("deletes what an update left that can be settled neither way", async () => {
    let broken = false;
    await lives.startMortal((spdk) => ({
      close: () => spdk.close(),
      async call(verb, params, options) {
        if (broken && verb === "keyring_file_add_key") throw new SpdkError(verb, -22, "injected fault");
        return spdk.call(verb, params, options);
      },
    }));
    const name = "nvmeSubsystems/guarded";
    const spec = { nqn: "nqn.2014-08.org.example:guarded", hostnqn: HOST_NQN, psk: Buffer.from(PSK) };
    await lives.call("CreateNvmeSubsystem", { nvmeSubsystemId: "guarded", nvmeSubsystem: { spec } });
    await lives.call("CreateNvmeController", {
      parent: name,
      nvmeControllerId: "door",
      nvmeController: {
        spec: {
          trtype: NvmeTransportType.NVME_TRANSPORT_TYPE_PCIE,
          pcieId: endpoint(1),
        },
      },
    });
    broken = true;
    const change = { name, spec: { ...spec, psk: Buffer.from(OTHER_PSK) } };
    const updateMask = ["spec.psk"];
    await expect(lives.call("UpdateNvmeSubsystem", { nvmeSubsystem: change, updateMask })).rejects.toThrow("injected");
    // Refused for another reason, it takes nothing with it.
    await expect(lives.call("DeleteNvmeSubsystem", { name })).rejects.toThrow("FAILED_PRECONDITION");
    expect(JSON.stringify(await lives.spdk.call("nvmf_get_subsystems"))).toContain(spec.nqn);
    broken = false;
    await lives.call("DeleteNvmeController", { name: `${name}/nvmeControllers/door` });
    broken = true;
    await expect(lives.call("UpdateNvmeSubsystem", { nvmeSubsystem: change, updateMask })).rejects.toThrow("injected");
    await lives.call("DeleteNvmeSubsystem", { name });
    await expect(lives.call("GetNvmeSubsystem", { name })).rejects.toThrow("NOT_FOUND");
    expect(JSON.stringify(await lives.spdk.call("nvmf_get_subsystems"))).not.toContain(spec.nqn);
    expect(await lives.spdk.call("keyring_get_keys")).toEqual([]);
  });

  test("serves what it can on an SPDK that lacks what some of its objects need", async () => {
    await lives.start();
    await build();
    lives.leaveBehind();
    await lives.restartSpdk();
    await lives.startMortal((spdk) => ({
      close: () => spdk.close(),
      async call(verb, params, options) {
        if (verb.startsWith("vhost_")) throw new SpdkError(verb, -32601, "Method unknown");
        return spdk.call(verb, params, options);
      },
    }));
    await lives.attached();
    expect(await lives.call("GetNvmeNamespace", { name: FAR })).toMatchObject({ spec: { hostNsid: 9 } });
    await expect(lives.call("GetVirtioBlk", { name: "virtioBlks/disk" })).rejects.toThrow(
      /^DATA_LOSS: .*SPDK refused vhost_get_controllers: Method unknown/,
    );
  });

  test("is the only one on its folder", async () => {
    await lives.start();
    const first = lives.agent;
    await expect(lives.start({ listen: "127.0.0.1:0" })).rejects.toThrow("is in use by another agent");
    expect(lives.agent).toBe(first);
  });
});

/** Hears of each verb that changes something. */
function observed(spdk: SpdkCaller, changed: (verb: string) => void): SpdkCaller {
  return {
    close: () => spdk.close(),
    call(verb, params, options) {
      if (!/_get(_|$)/.test(verb)) changed(verb);
      return spdk.call(verb, params, options);
    },
  };
}

/** SPDK 24.05 cannot be told the UUID of an AIO block device, and chooses another each time. */
function withoutAioUuids(list: Message): Message {
  const { aioVolumes } = list as { readonly aioVolumes?: readonly object[] };
  return aioVolumes === undefined ? list : { aioVolumes: aioVolumes.map((volume) => ({ ...volume, uuid: "" })) };
}

/** Without the UUIDs of block devices, which reads of volumes show, and without an order that means nothing. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(comparable).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value as Message);
  // A host NQN that nobody gave is SPDK's own, a new one each time it starts.
  const volatile = "product_name" in value ? ["uuid", "aliases"] : "svcid" in value ? ["nqn"] : [];
  const shown = entries.filter(([key]) => !volatile.includes(key));
  return Object.fromEntries(shown.map(([key, inner]) => [key, comparable(inner)]));
}
