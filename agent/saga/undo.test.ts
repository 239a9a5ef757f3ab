import { agentUnderTest, OTHER_PSK, PSK, type AgentUnderTest } from "../testing/agent-under-test";
import { FaultySpdk, type Fault } from "../testing/faulty-spdk";
import { CHANGES } from "../testing/changes";
import { path, samples } from "../testing/samples";
import { NvmeMultipath } from "../../provider/wire/opi_api/storage/v1/backend_nvme";

/** More calls than any object takes. */
const ENOUGH = 40;

describe.each<Fault>(["refused", "lost"])("a call to SPDK that is %s", (fault) => {
  let agent: AgentUnderTest;
  let faulty: FaultySpdk;

  beforeEach(async () => {
    agent = await agentUnderTest({ between: (spdk) => (faulty = new FaultySpdk(spdk)) });
  });
  afterEach(() => agent.stop());

  /** Lets the call fail at its first step, its second, and so on, until it succeeds. */
  async function failAtEveryStep(attempt: () => Promise<unknown>, check: () => Promise<void>): Promise<number> {
    for (let step = 1; step < ENOUGH; step++) {
      faulty.failAt(step, fault);
      const failure = await attempt().then(
        () => undefined,
        (error: unknown) => String(error),
      );
      if (faulty.failed === undefined) {
        expect(failure).toBeUndefined();
        return step - 1;
      }
      // What is only there for a moment is removed once more when that fails, and the call succeeds.
      if (failure === undefined && faulty.failed === "nvmf_delete_subsystem") return step;
      expect(failure).toContain("injected fault");
      await check();
    }
    throw new Error("the call never came to an end");
  }

  test.each(Object.entries(samples))("leaves nothing of %s behind, wherever it comes", async (_title, sample) => {
    const { noun, field, name, id, parent } = sample;
    for (const [method, request] of sample.needs(agent)) await agent.call(method, request);
    const object = sample.object(agent);
    const create = (): Promise<unknown> => agent.call(`Create${noun}`, { parent, [`${field}Id`]: id, [field]: object });
    // Once through, so that SPDK has its transports: they are no object's and stay.
    await create();
    await agent.call(`Delete${noun}`, { name });
    const before = await agent.snapshot();

    await failAtEveryStep(create, async () => {
      await expect(agent.call(`Get${noun}`, { name })).rejects.toThrow("NOT_FOUND");
      expect(await agent.snapshot()).toEqual(before);
    });

    for (const [paths, change] of sample.updates) {
      const known = await agent.call(`Get${noun}`, { name });
      const held = await agent.snapshot();
      // A resize cannot be taken back, but it is the last step: when its answer is lost, reads show the truth.
      if (noun === "NullVolume" && fault === "lost") continue;
      await failAtEveryStep(
        () => agent.call(`Update${noun}`, { [field]: { name, ...change }, updateMask: paths }),
        async () => {
          expect(await agent.call(`Get${noun}`, { name })).toEqual(known);
          expect(sorted(await agent.snapshot())).toEqual(sorted(held));
        },
      );
    }

    const deletion = await failAtEveryStep(
      () => agent.call(`Delete${noun}`, { name }),
      async () => {
        // A deletion goes forward only: what is left of the object is still known, and deleting it again works.
      },
    );
    expect(deletion).toBeGreaterThanOrEqual(0);
    expect(await agent.snapshot()).toEqual(before);
  });

  test.each(Object.entries(CHANGES))(
    "leaves %s as it was, wherever it comes",
    async (_title, { before, name, change }) => {
      for (const [method, request] of before) await agent.call(method, request);
      const [method, request] = change;
      const get = method.replace("Update", "Get");
      const known = await agent.call(get, { name });
      const held = await agent.snapshot();
      const same = async (): Promise<void> => {
        expect(await agent.call(get, { name })).toEqual(known);
        expect(sorted(await agent.snapshot())).toEqual(sorted(held));
      };
      expect(await failAtEveryStep(() => agent.call(method, request), same)).toBeGreaterThan(1);
    },
  );
});

test("a key that the remote side does not know leaves the controller attached with the one it had", async () => {
  const agent = await agentUnderTest();
  const name = "nvmeRemoteControllers/remote";
  await agent.call("CreateNvmeRemoteController", {
    nvmeRemoteControllerId: "remote",
    nvmeRemoteController: { multipath: NvmeMultipath.NVME_MULTIPATH_DISABLE, tcp: { psk: Buffer.from(PSK) } },
  });
  await agent.call("CreateNvmePath", { parent: name, nvmePathId: "path-a", nvmePath: path("192.0.2.20") });
  const held = await agent.snapshot();
  await expect(
    agent.call("UpdateNvmeRemoteController", {
      nvmeRemoteController: { name, tcp: { psk: Buffer.from(OTHER_PSK) } },
      updateMask: ["tcp.psk"],
    }),
  ).rejects.toThrow("FAILED_PRECONDITION: SPDK cannot attach");
  expect(sorted(await agent.snapshot())).toEqual(sorted(held));
  await agent.stop();
});

/** What was taken away and given back stands at another place of its list. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, sorted(inner)]));
}
