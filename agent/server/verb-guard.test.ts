import { agentUnderTest, Refused, type AgentUnderTest, type Message } from "../testing/agent-under-test";
import { samples, type Sample } from "../testing/samples";
import { METHODS_24_05 } from "../simulator/versions/methods-24.05";
import { neededVerbs } from "../kinds/needed-verbs";
import { kinds } from "../kinds";

const VERBS = METHODS_24_05.map(([, verb]) => verb);
const called = (prefix: RegExp): string[] => VERBS.filter((verb) => prefix.test(verb));

let agent: AgentUnderTest;
afterEach(() => agent.stop());

async function create({ noun, field, id, parent, needs, object }: Sample): Promise<Message> {
  for (const [method, request] of needs(agent)) await agent.call(method, request);
  return agent.call(`Create${noun}`, { parent, [`${field}Id`]: id, [field]: object(agent) });
}

const sampleOf = (noun: string): Sample => {
  const found = Object.values(samples).find((sample) => sample.noun === noun);
  if (found === undefined) throw new Error(`no sample of ${noun}`);
  return found;
};

describe.each([
  ["vhost", /^vhost_/, ["VirtioBlk", "VirtioScsiTarget", "VirtioScsiController"], "--with-vhost"],
  ["encryption", /^bdev_crypto_/, ["EncryptedVolume"], "--with-crypto"],
  ["aio", /^bdev_aio_/, ["AioVolume"], "libaio"],
  ["the NVMe-oF target", /^nvmf_/, ["NvmeSubsystem"], "NVMe-oF target"],
] as const)("an agent on an SPDK without %s", (_title, prefix, nouns, remedy) => {
  beforeEach(async () => {
    agent = await agentUnderTest({ simulator: { lacks: called(prefix) } });
  });

  test.each(nouns)("answers that it cannot make a %s, which verb is missing and what brings it", async (noun) => {
    const answer = create(sampleOf(noun));
    await expect(answer).rejects.toThrow(Refused);
    await expect(answer).rejects.toThrow(
      /^UNIMPLEMENTED: opi_api\.storage\.v1\.\w+: SPDK v24\.05 as it runs here has no/,
    );
    await expect(answer).rejects.toThrow(remedy);
  });

  test("says so before anybody tries", async () => {
    const { services } = (await agent.call("GetCapabilities")) as {
      readonly services: readonly {
        readonly name: string;
        readonly unimplemented: string[];
        readonly reason: string;
      }[];
    };
    for (const noun of nouns) {
      const service = services.find(({ unimplemented }) => unimplemented.includes(`Create${noun}`));
      expect(service?.unimplemented).toContain(`Delete${noun}`);
      expect(service?.reason).toContain(remedy);
    }
    // Nothing else is missing.
    const missing = services.flatMap(({ unimplemented }) => unimplemented).filter((name) => name.startsWith("Create"));
    for (const name of missing)
      expect(neededVerbs(name.slice("Create".length)).create.some((verb) => prefix.test(verb))).toBe(true);
  });

  test("does everything else", async () => {
    await create(sampleOf("NullVolume"));
    expect(await agent.call("ListNullVolumes")).toMatchObject({ nullVolumes: [{ name: "nullVolumes/sample" }] });
  });
});

describe("an agent on an SPDK without vfio-user", () => {
  beforeEach(async () => {
    agent = await agentUnderTest({ simulator: { lacks: called(/^vfu_/) } });
  });

  test("says that it shows no PCIe functions, before and when somebody asks for one", async () => {
    const { unsupportedFields } = await agent.call("GetCapabilities");
    expect(unsupportedFields).toContainEqual({
      message: "opi_api.storage.v1.NvmeController",
      path: "spec.pcie_id",
      reason: expect.stringContaining("--with-vfio-user") as string,
    });
    const pcie = samples["an NVMe controller on PCIe"];
    if (pcie === undefined) throw new Error("no sample of a PCIe controller");
    await expect(create(pcie)).rejects.toThrow(/^UNIMPLEMENTED: .*VFIOUSER.*--with-vfio-user/);
  });
});

describe("an agent on an SPDK that has everything", () => {
  test("leaves nothing out", async () => {
    agent = await agentUnderTest();
    const { services, unsupportedFields } = (await agent.call("GetCapabilities")) as {
      readonly services: readonly { readonly unimplemented: string[]; readonly reason: string }[];
      readonly unsupportedFields: readonly { readonly path: string }[];
    };
    expect(services.every(({ unimplemented, reason }) => unimplemented.length === 0 && reason === "")).toBe(true);
    expect(unsupportedFields.map(({ path }) => path)).not.toContain("spec.pcie_id");
  });

  test("hears of another SPDK that came in its place", async () => {
    const missing = new Set<string>();
    agent = await agentUnderTest({
      between: (spdk) => ({
        close: () => spdk.close(),
        call: async (verb, params, options) => {
          const answer = await spdk.call(verb, params, options);
          if (verb !== "rpc_get_methods") return answer as never;
          return (answer as string[]).filter((each) => !missing.has(each)) as never;
        },
      }),
    });
    await create(sampleOf("NvmeSubsystem"));
    missing.add("bdev_null_create");
    expect(JSON.stringify(await agent.call("GetCapabilities"))).toContain("CreateNullVolume");
    await expect(create(sampleOf("NullVolume"))).rejects.toThrow("UNIMPLEMENTED");
    missing.clear();
    await agent.call("GetCapabilities");
    await create(sampleOf("NullVolume"));
  });
});

/** Every SPDK has these, and only some objects of their types need them. */
const EVERYWHERE = /^(keyring_file_|bdev_nvme_set_multipath_policy$|bdev_set_qos_limit$)/;

test.each(kinds.map(({ type }) => type))("%s calls no verb that its methods are not guarded by", async (type) => {
  const writes = new Set<string>();
  agent = await agentUnderTest({
    between: (spdk) => ({
      close: () => spdk.close(),
      call: (verb, params, options) => {
        if (!/_get(_|$)/.test(verb) && !EVERYWHERE.test(verb)) writes.add(verb);
        return spdk.call(verb, params, options);
      },
    }),
  });
  const sample = sampleOf(type.slice(type.lastIndexOf(".") + 1));
  for (const [method, request] of sample.needs(agent)) await agent.call(method, request);
  const called = async (call: Promise<unknown>): Promise<string[]> => {
    writes.clear();
    await call;
    return [...writes];
  };
  const { noun, field, name, id, parent } = sample;
  const request = { parent, [`${field}Id`]: id, [field]: sample.object(agent) };
  const needed = neededVerbs(type);
  expect(needed.create).toEqual(expect.arrayContaining(await called(agent.call(`Create${noun}`, request))));
  for (const [updateMask, change] of sample.updates) {
    const update = agent.call(`Update${noun}`, { [field]: { name, ...change }, updateMask });
    expect(needed.update).toEqual(expect.arrayContaining(await called(update)));
  }
  expect(needed.delete).toEqual(expect.arrayContaining(await called(agent.call(`Delete${noun}`, { name }))));
});
