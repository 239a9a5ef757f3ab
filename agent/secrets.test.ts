import { Writable } from "node:stream";
import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";

import pino from "pino";

import { SpdkError, type SpdkCaller } from "./spdk";
import { agentUnderTest, OTHER_PSK, PSK, type AgentUnderTest } from "./testing/agent-under-test";
import { samples, XTS_256_KEY } from "./testing/samples";

/** Everything of a secret that could give it away, in the spellings that texts use. */
const CANARIES: readonly string[] = [PSK, OTHER_PSK]
  .flatMap((psk) => [psk, psk.split(":")[2] ?? "", Buffer.from(psk).toString("base64").slice(0, 40)])
  .concat(
    [XTS_256_KEY, XTS_256_KEY.subarray(0, 32), XTS_256_KEY.subarray(32)].flatMap((key) => [
      key.toString("hex"),
      key.toString("hex").toUpperCase(),
      key.toString("base64").slice(0, 40),
    ]),
  );
/** Types with a key of their own, or that hang on one. */
const NOUNS = ["EncryptedVolume", "NvmeSubsystem", "NvmeController", "NvmeRemoteController", "NvmePath"];
const SECRETIVE = Object.entries(samples).filter(([, { noun }]) => NOUNS.includes(noun));

/** An SPDK whose n-th call that changes something fails, with a text that repeats all it was sent. */
class EchoingSpdk implements SpdkCaller {
  failAt = 0;
  failed = false;

  constructor(private readonly spdk: SpdkCaller) {}

  async call<T>(verb: string, params?: object): Promise<T> {
    if (/_get(_|$)/.test(verb) || this.failAt === 0 || --this.failAt > 0) return this.spdk.call<T>(verb, params);
    this.failed = true;
    throw new SpdkError(verb, -32603, `cannot do ${verb} with ${JSON.stringify(params)}`);
  }

  close(): Promise<void> {
    return this.spdk.close();
  }
}

describe.each(["24.05", "26.05"] as const)("keys and PSKs on SPDK %s", (version) => {
  let agent: AgentUnderTest;
  let echoing: EchoingSpdk;
  let said: string[];

  beforeEach(async () => {
    said = [];
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        said.push(chunk.toString());
        done();
      },
    });
    agent = await agentUnderTest({
      simulator: { version },
      logger: pino({ level: "trace" }, stream),
      between: (spdk) => (echoing = new EchoingSpdk(spdk)),
    });
  });
  afterEach(() => agent.stop());

  /** Whatever comes of the call, it goes to what was said. */
  async function attempt(method: string, request: object): Promise<void> {
    const answer = await agent.call(method, request).catch((error: unknown) => String(error));
    said.push(JSON.stringify(answer, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value)));
  }

  test.each(SECRETIVE)(
    "stand in no answer, error or log line about %s, even when SPDK repeats what it was sent",
    async (_title, { noun, field, id, name, parent, needs, object, updates }) => {
      for (const [method, request] of needs(agent)) await attempt(method, request);
      const create = { parent, [`${field}Id`]: id, [field]: object(agent) };
      for (let step = 1; step < 20; step++) {
        echoing.failAt = step;
        echoing.failed = false;
        await attempt(`Create${noun}`, create);
        if (!echoing.failed) break;
      }
      echoing.failAt = 0;
      await attempt(`Create${noun}`, create);
      for (const [updateMask, change] of updates)
        for (const step of [1, 2, 3, 4, 0]) {
          echoing.failAt = step;
          await attempt(`Update${noun}`, { [field]: { name, ...change }, updateMask });
        }
      await attempt(`Get${noun}`, { name });
      for (const step of [1, 2, 0]) {
        echoing.failAt = step;
        await attempt(`Delete${noun}`, { name });
      }
      const all = said.join("\n");
      expect(all).toContain(noun);
      expect(CANARIES.filter((canary) => all.includes(canary))).toEqual([]);
    },
  );

  test("are in files for their owner alone, and in none when nothing uses them any more", async () => {
    const keys = join(agent.folder, "run", "keys");
    const seen: number[] = [];
    const { call } = echoing;
    echoing.call = async <T>(verb: string, params?: object): Promise<T> => {
      if (verb === "keyring_file_add_key")
        for (const file of await readdir(keys)) {
          seen.push((await stat(join(keys, file))).mode & 0o777);
          expect(CANARIES).toContain(await readFile(join(keys, file), "utf8"));
        }
      return call.call(echoing, verb, params) as Promise<T>;
    };
    for (const [, { noun, field, id, name, parent, needs, object }] of SECRETIVE) {
      for (const [method, request] of needs(agent)) await attempt(method, request);
      await attempt(`Create${noun}`, { parent, [`${field}Id`]: id, [field]: object(agent) });
      await attempt(`Delete${noun}`, { name });
    }
    for (const noun of ["NvmeRemoteController", "NvmeSubsystem"]) {
      const found = Object.values(await agent.call(`List${noun}s`)).find(Array.isArray) as readonly { name: string }[];
      for (const { name } of found) await attempt(`Delete${noun}`, { name });
    }
    expect(seen.length).toBeGreaterThan(0);
    expect([...new Set(seen)]).toEqual([0o600]);
    expect(await readdir(keys)).toEqual([]);
  });
});
