import { agentUnderTest, type AgentUnderTest } from "./testing/agent-under-test";
import { samples, type Sample } from "./testing/samples";

const listParent = (sample: Sample): string =>
  sample.parent ??
  ({ EncryptedVolume: "volumes", QosVolume: "volumes" } as Readonly<Record<string, string>>)[sample.noun] ??
  (sample.noun.startsWith("VirtioScsi") ? sample.name.slice(0, sample.name.indexOf("/")) : "");

describe.each(Object.entries(samples))("%s", (_title, sample) => {
  const { noun, field, name, id, parent } = sample;
  let agent: AgentUnderTest;
  let object: object;

  beforeEach(async () => {
    agent = await agentUnderTest();
    for (const [method, request] of sample.needs(agent)) await agent.call(method, request);
    object = sample.object(agent);
  });
  afterEach(() => agent.stop());

  const create = (): Promise<unknown> =>
    agent.call(`Create${noun}`, { parent, [`${field}Id`]: id, [field]: { ...object, name: "ignored" } });

  test("is created under its id, read in full without its secrets, listed, counted, refused twice, and deleted", async () => {
    const before = await agent.snapshot();
    const created = await create();
    const { spec, ...flat } = object as { readonly spec?: object };
    const secrets = { key: Buffer.alloc(0), psk: Buffer.alloc(0) };
    const shown = JSON.parse(
      JSON.stringify({ name, ...flat, ...(spec === undefined ? {} : { spec }) }, (key, value: unknown) =>
        key in secrets ? { type: "Buffer", data: [] } : typeof value === "bigint" ? value.toString() : value,
      ),
    ) as object;
    const plain = (value: unknown): unknown =>
      JSON.parse(
        JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "bigint" ? inner.toString() : inner)),
      );
    expect(plain(created)).toMatchObject(shown);
    expect(await agent.call(`Get${noun}`, { name })).toEqual(created);
    const list = await agent.call(`List${noun}s`, { parent: listParent(sample) });
    expect(list[`${field}s`]).toContainEqual(created);
    const stats = agent.call(`Stats${noun}`, { name });
    if (sample.countsAlone) expect(await stats).toMatchObject({ stats: { writeOpsCount: expect.any(Number) } });
    else await expect(stats).rejects.toThrow("FAILED_PRECONDITION");
    await expect(create()).rejects.toThrow(`ALREADY_EXISTS: ${name} exists already`);

    await agent.call(`Delete${noun}`, { name });
    await expect(agent.call(`Get${noun}`, { name })).rejects.toThrow(`NOT_FOUND: ${name}`);
    await expect(agent.call(`Delete${noun}`, { name })).rejects.toThrow(`NOT_FOUND: ${name}`);
    await agent.call(`Delete${noun}`, { name, allowMissing: true });
    expect(await agent.snapshot()).toEqual(before);
  });

  test("takes every change that it can take, and refuses every other by name", async () => {
    await create();
    for (const [paths, change] of sample.updates) {
      const updated = await agent.call(`Update${noun}`, { [field]: { name, ...change }, updateMask: paths });
      expect(await agent.call(`Get${noun}`, { name })).toEqual(updated);
    }
    for (const [path, change] of sample.immutable)
      await expect(agent.call(`Update${noun}`, { [field]: { name, ...change }, updateMask: [path] })).rejects.toThrow(
        new RegExp(`INVALID_ARGUMENT: [a-z_]+\\.${path.replaceAll(".", "\\.")}.*cannot be changed`),
      );
  });

  test("can be updated with what was read, by every form of mask, without any change", async () => {
    const created = await create();
    const before = await agent.snapshot();
    for (const updateMask of [undefined, []])
      expect(await agent.call(`Update${noun}`, { [field]: created, updateMask })).toEqual(created);
    expect(await agent.snapshot()).toEqual(before);
  });

  test("is made by an update that allows it to be missing", async () => {
    const update = (allowMissing: boolean): Promise<unknown> =>
      agent.call(`Update${noun}`, { [field]: { ...object, name }, allowMissing });
    await expect(update(false)).rejects.toThrow(`NOT_FOUND: ${name}`);
    expect(await update(true)).toMatchObject({ name });
    expect(await agent.call(`Get${noun}`, { name })).toMatchObject({ name });
  });
});
