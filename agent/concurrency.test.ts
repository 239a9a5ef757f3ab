import type { SpdkCaller } from "./spdk";
import { agentUnderTest, type AgentUnderTest, type Message } from "./testing/agent-under-test";
import { path } from "./testing/samples";
import { NvmeMultipath } from "../provider/wire/opi_api/storage/v1/backend_nvme";

const REMOTE = "nvmeRemoteControllers/remote";

let agent: AgentUnderTest;
afterEach(() => agent.stop());

const outcome = (call: Promise<Message>): Promise<string> =>
  call.then(
    () => "OK",
    (error: unknown) => String(error),
  );

describe("a path that is being attached", () => {
  let release: () => void;
  let arrived: Promise<void>;

  /** An SPDK that keeps an attach waiting, as one does whose remote side does not answer. */
  beforeEach(async () => {
    let arrive!: () => void;
    arrived = new Promise((resolve) => (arrive = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    const holding = (spdk: SpdkCaller): SpdkCaller => ({
      close: () => spdk.close(),
      call: async (verb, params, options) => {
        if (verb === "bdev_nvme_attach_controller") {
          arrive();
          await released;
        }
        return spdk.call(verb, params, options);
      },
    });
    agent = await agentUnderTest({ between: holding });
    await agent.call("CreateNvmeRemoteController", {
      nvmeRemoteControllerId: "remote",
      nvmeRemoteController: { multipath: NvmeMultipath.NVME_MULTIPATH_MULTIPATH },
    });
  });

  const attach = (id: string, traddr: string): Promise<Message> =>
    agent.call("CreateNvmePath", { parent: REMOTE, nvmePathId: id, nvmePath: path(traddr) });

  test("keeps nobody waiting but those who change it, its controller or its siblings", async () => {
    const first = attach("path-a", "192.0.2.10");
    await arrived;
    await agent.call("CreateNullVolume", { nullVolumeId: "null", nullVolume: { blockSize: 512n, blocksCount: 64n } });
    await agent.call("CreateNvmeSubsystem", {
      nvmeSubsystemId: "subsys",
      nvmeSubsystem: { spec: { nqn: "nqn.2024-01.com.example:subsys" } },
    });
    await agent.call("DeleteNullVolume", { name: "nullVolumes/null" });
    await expect(agent.call("GetNvmePath", { name: `${REMOTE}/nvmePaths/path-a` })).rejects.toThrow("NOT_FOUND");

    const ended: string[] = [];
    const waiting = Promise.all([
      outcome(agent.call("DeleteNvmeRemoteController", { name: REMOTE })).then((said) => {
        ended.push("delete");
        return said;
      }),
      outcome(attach("path-b", "192.0.2.11")).then((said) => {
        ended.push("sibling");
        return said;
      }),
    ]);
    // Calls that do not wait for it come and go meanwhile.
    for (let turn = 0; turn < 5; turn++) await agent.call("ListNvmeSubsystems");
    expect(ended).toEqual([]);
    release();
    await first;
    const [deletion, sibling] = await waiting;
    expect(deletion).toContain("FAILED_PRECONDITION");
    expect(sibling).toBe("OK");
    expect(await agent.call("ListNvmePaths", { parent: REMOTE })).toMatchObject({
      nvmePaths: [{ name: `${REMOTE}/nvmePaths/path-a` }, { name: `${REMOTE}/nvmePaths/path-b` }],
    });
  });

  test("and cannot be attached leaves nothing, and its controller can go", async () => {
    const first = outcome(attach("path-a", "192.0.2.99"));
    await arrived;
    const deletion = outcome(agent.call("DeleteNvmeRemoteController", { name: REMOTE }));
    release();
    expect(await first).toContain("FAILED_PRECONDITION: SPDK cannot attach");
    expect(await deletion).toBe("OK");
    expect(await agent.spdk.call("bdev_nvme_get_controllers")).toEqual([]);
  });
});

/** A stream of numbers that is the same in every run of the test (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** One of the calls that concern each other: volumes, their limits, subsystems, what is in them, remote controllers, paths. */
function anyCall(random: (below: number) => number): readonly [method: string, request: object] {
  const n = random(3);
  const m = random(3);
  const [volume, subsystem, remote] = [
    `mallocVolumes/volume-${n}`,
    `nvmeSubsystems/subsys-${m}`,
    `nvmeRemoteControllers/remote-${m}`,
  ];
  const calls: readonly (readonly [string, object])[] = [
    ["CreateMallocVolume", { mallocVolumeId: `volume-${n}`, mallocVolume: { blockSize: 512n, blocksCount: 64n } }],
    ["DeleteMallocVolume", { name: volume }],
    ["CreateNullVolume", { nullVolumeId: `volume-${n}`, nullVolume: { blockSize: 512n, blocksCount: 64n } }],
    ["DeleteNullVolume", { name: `nullVolumes/volume-${n}` }],
    [
      "CreateQosVolume",
      { qosVolumeId: `qos-${n}`, qosVolume: { volumeNameRef: volume, limits: { max: { rwIopsKiops: 1n } } } },
    ],
    [
      "UpdateQosVolume",
      {
        qosVolume: { name: `qosVolumes/qos-${n}`, limits: { max: { rwIopsKiops: BigInt(m + 2) } } },
        updateMask: ["limits.max.rw_iops_kiops"],
      },
    ],
    ["DeleteQosVolume", { name: `qosVolumes/qos-${n}` }],
    [
      "CreateNvmeSubsystem",
      { nvmeSubsystemId: `subsys-${m}`, nvmeSubsystem: { spec: { nqn: `nqn.2024-01.com.example:subsys-${m}` } } },
    ],
    ["DeleteNvmeSubsystem", { name: subsystem }],
    [
      "CreateNvmeNamespace",
      { parent: subsystem, nvmeNamespaceId: `ns-${n}`, nvmeNamespace: { spec: { volumeNameRef: `volume-${n}` } } },
    ],
    ["DeleteNvmeNamespace", { name: `${subsystem}/nvmeNamespaces/ns-${n}` }],
    [
      "CreateNvmeRemoteController",
      {
        nvmeRemoteControllerId: `remote-${m}`,
        nvmeRemoteController: { multipath: NvmeMultipath.NVME_MULTIPATH_MULTIPATH },
      },
    ],
    ["DeleteNvmeRemoteController", { name: remote }],
    ["CreateNvmePath", { parent: remote, nvmePathId: `path-${n}`, nvmePath: path(`192.0.2.${10 + (n % 2)}`) }],
    ["DeleteNvmePath", { name: `${remote}/nvmePaths/path-${n}` }],
  ];
  const call = calls[random(calls.length)];
  if (call === undefined) throw new RangeError("no such call");
  return call;
}

describe.each(["24.05", "26.05"] as const)("calls that concern each other, all at once, on SPDK %s", (version) => {
  const EXPECTED = /ALREADY_EXISTS|NOT_FOUND|FAILED_PRECONDITION/;

  test.each([1, 2, 3, 4])("leave store and SPDK in agreement (run %i)", async (seed) => {
    agent = await agentUnderTest({ simulator: { version } });
    const random = numbers(seed);
    const calls = Array.from({ length: 300 }, () => anyCall(random));
    const said: string[] = [];
    // Some at a time, so that later ones meet objects as well as their coming and going.
    for (let at = 0; at < calls.length; at += 60)
      said.push(
        ...(await Promise.all(
          calls.slice(at, at + 60).map(([method, request]) => outcome(agent.call(method, request))),
        )),
      );
    expect(said.filter((text) => text !== "OK" && !EXPECTED.test(text))).toEqual([]);
    expect(said.filter((text) => text === "OK").length).toBeGreaterThan(30);

    const list = async (method: string, request: object = {}): Promise<readonly { readonly name: string }[]> =>
      Object.values(await agent.call(method, { pageSize: 1000, ...request })).find(Array.isArray) as readonly {
        readonly name: string;
      }[];
    const idOf = ({ name }: { readonly name: string }): string => name.slice(name.lastIndexOf("/") + 1);
    const spdk = <T>(verb: string): Promise<readonly T[]> => agent.spdk.call(verb);

    // Volumes and block devices.
    const volumes = [...(await list("ListMallocVolumes")), ...(await list("ListNullVolumes"))].map(idOf).sort();
    const bdevs = (await spdk<Message>("bdev_get_bdevs")).filter(({ product_name }) => product_name !== "NVMe disk");
    expect(bdevs.map(({ name }) => name as string).sort()).toEqual(volumes);
    // Limits and the volumes that have some.
    const limited = (await list("ListQosVolumes", { parent: "volumes" })).map(
      (each) => (each as unknown as Message).volumeNameRef as string,
    );
    const withLimits = bdevs.filter(
      ({ assigned_rate_limits }) => (assigned_rate_limits as Message).rw_ios_per_sec !== 0,
    );
    expect(withLimits.map(({ name }) => `mallocVolumes/${String(name)}`).sort()).toEqual([...limited].sort());
    // Subsystems, and the namespaces in them: none without its subsystem or its volume.
    const subsystems = await list("ListNvmeSubsystems");
    const shown = (await spdk<Message>("nvmf_get_subsystems")).filter(({ subtype }) => subtype === "NVMe");
    expect(shown.map(({ nqn }) => String(nqn).split(":")[1]).sort()).toEqual(subsystems.map(idOf).sort());
    for (const subsystem of subsystems) {
      const namespaces = await list("ListNvmeNamespaces", { parent: subsystem.name });
      const inSpdk = shown.find(({ nqn }) => String(nqn).endsWith(`:${idOf(subsystem)}`))
        ?.namespaces as readonly Message[];
      expect(inSpdk.map(({ bdev_name }) => bdev_name).sort()).toEqual(
        namespaces.map((each) => (each as unknown as { spec: { volumeNameRef: string } }).spec.volumeNameRef).sort(),
      );
    }
    // Remote controllers with their paths.
    const attached = (await spdk<{ name: string; ctrlrs: readonly unknown[] }>("bdev_nvme_get_controllers")).map(
      ({ name, ctrlrs }) => [name, ctrlrs.length] as const,
    );
    const wanted: (readonly [string, number])[] = [];
    for (const remote of await list("ListNvmeRemoteControllers")) {
      const paths = await list("ListNvmePaths", { parent: remote.name });
      if (paths.length > 0) wanted.push([idOf(remote), paths.length]);
    }
    expect([...attached].sort()).toEqual(wanted.sort());
  });
});
