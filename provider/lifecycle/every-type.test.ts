import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAgent } from "../../agent";
import type { RunningAgent } from "../../agent";
import { PSK, XTS_KEY } from "../../tests/arbitrary/examples";
import { failureOf } from "../../tests/agents/stage";
import { catalogue, typeByNoun } from "../catalogue";
import { withValueAt } from "../catalogue/values/property";
import type { Properties, PropertyValue } from "../catalogue/values/property";
import { closeAll, connect } from "../client";
import { check, create, diff, read, remove, update } from ".";
import type { Place, Resource } from ".";

let agent: RunningAgent;
let folder: string;
const warnings: string[] = [];
/** What a test has made, in order. */
const made: { readonly noun: string; readonly id: string }[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "opi-types-"));
  writeFileSync(join(folder, "disk.img"), "");
  truncateSync(join(folder, "disk.img"), 64 * 512);
  agent = await startAgent({ listen: "127.0.0.1:0" });
});
afterEach(async () => {
  for (const { noun, id } of made.splice(0).reverse()) await remove(placeOf(noun), { id, outputs: {} });
  warnings.length = 0;
});
afterAll(async () => {
  closeAll();
  await agent.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Wanted {
  readonly noun: string;
  readonly inputs: () => Properties;
  /** What must be there before it. */
  readonly needs?: readonly Wanted[];
  /** Changes in place: property path, and the values it takes one after the other. */
  readonly changes?: readonly (readonly [path: string, ...values: (PropertyValue | undefined)[]])[];
  /** What an import cannot know. */
  readonly secrets?: readonly string[];
}

const HOST = "nqn.2014-08.org.example:host-1";
const FUNCTION = { portId: 0, physicalFunction: 0, virtualFunction: 0 };

const disk: Wanted = {
  noun: "MallocVolume",
  inputs: () => ({ resourceId: "disk-1", blockSize: 512, blocksCount: 2048, metadataSize: 8 }),
};
const nullDisk: Wanted = {
  noun: "NullVolume",
  inputs: () => ({ resourceId: "null-1", blockSize: 512, blocksCount: 2048 }),
  changes: [["blocksCount", 4096, 8192]],
};
const subsystem: Wanted = {
  noun: "NvmeSubsystem",
  inputs: () => ({ resourceId: "subsystem-1", nqn: "nqn.2014-08.org.example:disk-1", hostnqn: HOST, psk: PSK }),
  changes: [
    ["psk", undefined, PSK, undefined],
    ["hostnqn", "nqn.2014-08.org.example:host-2", HOST],
  ],
  secrets: ["psk"],
};
const remote: Wanted = {
  noun: "NvmeRemoteController",
  inputs: () => ({ resourceId: "remote-1", multipath: "failover", tcp: { hdgst: true, psk: PSK } }),
  changes: [
    ["multipath", "multipath", "disable"],
    ["queueSize", 64, 0, 128],
    ["tcp.hdgst", false, true],
    ["tcp.ddgst", true, undefined],
    ["tcp", undefined, {}, { ddgst: true }],
  ],
  secrets: ["tcp.psk"],
};
const target: Wanted = {
  noun: "VirtioScsiTarget",
  inputs: () => ({ resourceId: "scsi-1" }),
};
const scsiController: Wanted = {
  noun: "VirtioScsiController",
  inputs: () => ({ resourceId: "scsi-1", pcieId: { ...FUNCTION, physicalFunction: 3 } }),
};

const encrypted: Wanted = {
  noun: "EncryptedVolume",
  needs: [disk],
  inputs: () => ({
    resourceId: "crypt-1",
    volumeNameRef: "disk-1",
    cipher: "aes-xts-256",
    key: XTS_KEY.toUpperCase(),
  }),
  secrets: ["key"],
};

const everyType: readonly Wanted[] = [
  disk,
  nullDisk,
  { noun: "AioVolume", inputs: () => ({ resourceId: "aio-1", filename: join(folder, "disk.img") }) },
  encrypted,
  {
    noun: "QosVolume",
    needs: [nullDisk],
    inputs: () => ({
      resourceId: "qos-1",
      volumeNameRef: "nullVolumes/null-1",
      limits: { max: { rwBandwidthMbs: 10 } },
    }),
    changes: [
      ["limits.max.rwBandwidthMbs", 20, 30],
      ["limits.max.rdBandwidthMbs", 5, 0, 6, undefined],
      ["limits.min", {}, undefined],
    ],
  },
  subsystem,
  {
    noun: "NvmeController",
    needs: [subsystem],
    inputs: () => ({ resourceId: "pcie-1", nvmeSubsystem: "subsystem-1", trtype: "pcie", pcieId: FUNCTION }),
    changes: [
      ["maxNsq", 8, 0],
      ["maxNcq", 8, undefined],
    ],
  },
  {
    noun: "NvmeNamespace",
    needs: [subsystem, nullDisk],
    inputs: () => ({
      resourceId: "namespace-1",
      nvmeSubsystem: "nvmeSubsystems/subsystem-1",
      volumeNameRef: "nullVolumes/null-1",
      eui64: "FFFFFFFF00000001",
      nguid: "1B4E28BA-2FA1-41D2-883F-0016D3CCA427",
    }),
  },
  remote,
  {
    noun: "NvmePath",
    needs: [{ ...remote, inputs: () => ({ resourceId: "remote-1", multipath: "failover" }) }],
    inputs: () => ({
      resourceId: "path-1",
      nvmeRemoteController: "remote-1",
      trtype: "tcp",
      traddr: "192.0.2.10",
      fabrics: { trsvcid: "04420", subnqn: "nqn.2019-06.io.example:remote", adrfam: "ipv4" },
    }),
  },
  {
    noun: "VirtioBlk",
    needs: [nullDisk],
    inputs: () => ({ resourceId: "blk-1", pcieId: FUNCTION, volumeNameRef: "null-1" }),
    changes: [
      ["maxIoQps", 4, 0],
      ["maxLimit", { rwBandwidthMbs: 10 }, { rwIopsKiops: 3 }, undefined],
    ],
  },
  scsiController,
  target,
  {
    noun: "VirtioScsiLun",
    needs: [scsiController, target, nullDisk],
    inputs: () => ({ resourceId: "lun-1", targetNameRef: "scsi-1", volumeNameRef: "null-1" }),
  },
];

function placeOf(noun: string): Place {
  return {
    type: typeByNoun(noun),
    agent: connect({ address: agent.address }),
    warn: (text) => void warnings.push(text),
  };
}

function checked(noun: string, news: Properties, olds?: Properties): Properties {
  const { inputs, failures } = check(typeByNoun(noun), { name: "any", news, olds });
  expect(failures).toEqual([]);
  return inputs;
}

async function make({ noun, inputs, needs = [] }: Wanted): Promise<Resource> {
  for (const need of needs) await make(need);
  const resource = await create(placeOf(noun), checked(noun, inputs()));
  made.push({ noun, id: resource.id });
  return resource;
}

async function changesOf(noun: string, olds: Properties, news: Properties) {
  const dialect = await placeOf(noun).agent.dialect();
  return diff(typeByNoun(noun), { olds, news, dialect }).changes;
}

test("every type that can be created is here", () => {
  const creatable = catalogue.types.filter(({ readOnly }) => !readOnly).map(({ noun }) => noun);
  expect(everyType.map(({ noun }) => noun).sort()).toEqual([...creatable].sort());
});

describe.each(everyType.map((wanted) => [wanted.noun, wanted] as const))("%s on the embedded agent", (noun, wanted) => {
  it("is made as wished: read back, it shows no difference", async () => {
    const resource = await make(wanted);
    expect(warnings).toEqual([]);
    const inputs = checked(noun, wanted.inputs());
    expect(await changesOf(noun, resource.outputs, inputs)).toEqual([]);
    expect(await read(placeOf(noun), { ...resource, inputs })).toEqual({ ...resource, inputs });
  });

  it("is imported as a program that shows no difference once its secrets are filled in", async () => {
    const { id } = await make(wanted);
    const imported = await read(placeOf(noun), { id });
    const { outputs = {}, inputs = {} } = imported ?? {};
    expect(await changesOf(noun, outputs, checkedImport(noun, inputs, wanted.secrets))).toEqual([]);
    const changes = await changesOf(noun, outputs, checked(noun, wanted.inputs()));
    expect(changes.filter(({ stateOnly }) => !stateOnly)).toEqual([]);
    expect(changes.map(({ path }) => path)).toEqual(wanted.secrets ?? []);
  });

  it("takes each change in place, and shows no difference afterwards", async () => {
    const { id, outputs: first } = await make(wanted);
    let outputs = first;
    for (const [path, ...values] of wanted.changes ?? []) {
      for (const value of values) {
        const news = checked(noun, withValueAt(wanted.inputs(), path, value));
        const changes = await changesOf(noun, outputs, news);
        expect(changes.filter(({ replace }) => replace)).toEqual([]);
        outputs = await update(placeOf(noun), { id, olds: outputs, news });
        expect(await changesOf(noun, outputs, news)).toEqual([]);
        expect((await read(placeOf(noun), { id, outputs, inputs: news }))?.outputs).toEqual(outputs);
      }
    }
  });

  it("is refused when it is there already, and adopted on request", async () => {
    const first = await make(wanted);
    const inputs = checked(noun, wanted.inputs());
    expect((await failureOf(create(placeOf(noun), inputs))).detail).toContain("equals what you wish");
    const adopted = await create(placeOf(noun), { ...inputs, adopt: true });
    expect(adopted).toEqual({ ...first, outputs: { ...first.outputs, adopt: true } });
  });

  it("is gone once deleted, however often", async () => {
    const resource = await make(wanted);
    await remove(placeOf(noun), resource);
    await remove(placeOf(noun), resource);
    expect(await read(placeOf(noun), resource)).toBeUndefined();
  });
});

test("what others depend on is not deleted, and the agent names them", async () => {
  await make(encrypted);
  const id = "mallocVolumes/disk-1";
  const error = await failureOf(remove(placeOf("MallocVolume"), { id, outputs: {} }));
  expect(error.detail).toBe("mallocVolumes/disk-1 is in use by encryptedVolumes/crypt-1; delete these first");
});

/** The inputs of an import, checked but for the secrets that it cannot hold. */
function checkedImport(noun: string, news: Properties, secrets: readonly string[] = []): Properties {
  const { inputs, failures } = check(typeByNoun(noun), { name: "any", news });
  expect(failures.filter(({ property }) => !secrets.includes(property))).toEqual([]);
  return inputs;
}
