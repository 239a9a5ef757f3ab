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
