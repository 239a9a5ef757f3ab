import { agentUnderTest, type AgentUnderTest } from "../testing/agent-under-test";

describe("lists", () => {
  let agent: AgentUnderTest;
  beforeAll(async () => {
    agent = await agentUnderTest();
  });
  afterAll(() => agent.stop());

  it("answers many large ones at once without filling SPDK's queue", async () => {
    const volumes = Array.from({ length: 250 }, (_, i) => `many-${i}`);
    for (const id of volumes)
      await agent.call("CreateNullVolume", { nullVolumeId: id, nullVolume: { blockSize: 512n, blocksCount: 8n } });
    // 32 pages of 250 are 8,000 look-ups: twice what the client of SPDK keeps waiting at one time.
    const pages = await Promise.all(Array.from({ length: 32 }, () => agent.call("ListNullVolumes", { pageSize: 250 })));
    for (const page of pages) expect(page.nullVolumes).toHaveLength(volumes.length);
  });
});

describe("writes at the same time", () => {
  const small = { blockSize: 512n, blocksCount: 2048n };

  it("make and remove volumes beside each other, where SPDK would otherwise be waited for most of the time", async () => {
    let [under, most] = [0, 0];
    const agent = await agentUnderTest({
      between: (spdk) => ({
        close: () => spdk.close(),
        call: async <T>(verb: string, params?: object) => {
          if (!/^bdev_null_(create|delete)$/.test(verb)) return spdk.call<T>(verb, params);
          most = Math.max(most, ++under);
          await new Promise((resolve) => setTimeout(resolve, 20));
          return spdk.call<T>(verb, params).finally(() => under--);
        },
      }),
    });
    const ids = Array.from({ length: 16 }, (_, at) => `beside-${at}`);
    await Promise.all(ids.map((id) => agent.call("CreateNullVolume", { nullVolumeId: id, nullVolume: small })));
    expect(most).toBeGreaterThan(4);
    expect((await agent.call("ListNullVolumes", {})).nullVolumes).toHaveLength(ids.length);
    most = 0;
    await Promise.all(ids.map((id) => agent.call("DeleteNullVolume", { name: `nullVolumes/${id}` })));
    expect(most).toBeGreaterThan(4);
    await agent.stop();
  });

  it("of volumes of several kinds with one id, one is made, and the others are told whose it is", async () => {
    const agent = await agentUnderTest();
    const results = await Promise.allSettled([
      agent.call("CreateNullVolume", { nullVolumeId: "same", nullVolume: small }),
      agent.call("CreateMallocVolume", { mallocVolumeId: "same", mallocVolume: small }),
      agent.call("CreateNullVolume", { nullVolumeId: "same", nullVolume: small }),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected", "rejected"]);
    for (const each of results) if (each.status === "rejected") expect(String(each.reason)).toMatch(/ALREADY_EXISTS/);
    await agent.stop();
  });

  it("a volume is deleted, or used, never both", async () => {
    const agent = await agentUnderTest();
    for (let round = 0; round < 10; round++) {
      const id = `fought-${round}`;
      await agent.call("CreateNullVolume", { nullVolumeId: id, nullVolume: small });
      const qosVolume = { volumeNameRef: `nullVolumes/${id}`, limits: { max: { rwBandwidthMbs: 10n } } };
      const calls = [
        () => agent.call("DeleteNullVolume", { name: `nullVolumes/${id}` }),
        () => agent.call("CreateQosVolume", { qosVolumeId: `limits-${round}`, qosVolume }),
      ];
      const order = round % 2 === 0 ? calls : calls.toReversed();
      const results = await Promise.allSettled(order.map((call) => call()));
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    }
    await agent.stop();
  });
});
