import { NvmeMultipath } from "../../provider/wire/opi_api/storage/v1/backend_nvme";
import { NvmeAddressFamily, NvmeTransportType } from "../../provider/wire/opi_api/storage/v1/opicommon";
import { REMOTE_NQN } from "../default-remotes";
import {
  agentUnderTest,
  OTHER_PSK,
  playedSpdk,
  PSK,
  type AgentUnderTest,
  type Message,
} from "../testing/agent-under-test";
import { path } from "../testing/samples";

const NAME = "nvmeRemoteControllers/remote";

let agent: AgentUnderTest;
beforeEach(async () => {
  agent = await agentUnderTest();
});
afterEach(() => agent.stop());

const remote = (object: object = {}): Promise<Message> =>
  agent.call("CreateNvmeRemoteController", {
    nvmeRemoteControllerId: "remote",
    nvmeRemoteController: { multipath: NvmeMultipath.NVME_MULTIPATH_MULTIPATH, ...object },
  });
const attach = (id: string, traddr: string, change: object = {}): Promise<Message> =>
  agent.call("CreateNvmePath", { parent: NAME, nvmePathId: id, nvmePath: { ...path(traddr), ...change } });
const inSpdk = async (): Promise<readonly Message[]> => agent.spdk.call("bdev_nvme_get_controllers");
const update = (object: object, updateMask: readonly string[] = []): Promise<Message> =>
  agent.call("UpdateNvmeRemoteController", { nvmeRemoteController: { name: NAME, ...object }, updateMask });

describe("a remote controller", () => {
  test("is nothing in SPDK until its first path, and nothing again after its last", async () => {
    await remote();
    expect(await inSpdk()).toEqual([]);
    await attach("path-a", "192.0.2.10");
    await attach("path-b", "192.0.2.11");
    expect(await inSpdk()).toMatchObject([
      { name: "remote", ctrlrs: [{ trid: { traddr: "192.0.2.10" } }, { trid: { traddr: "192.0.2.11" } }] },
    ]);
    expect(await agent.spdk.call("bdev_get_bdevs", { name: "remoten1" })).toMatchObject([
      { driver_specific: { mp_policy: "active_active" } },
    ]);
    await expect(agent.call("DeleteNvmeRemoteController", { name: NAME })).rejects.toThrow(
      `FAILED_PRECONDITION: ${NAME} is in use by ${NAME}/nvmePaths/path-a, ${NAME}/nvmePaths/path-b`,
    );
    await agent.call("DeleteNvmePath", { name: `${NAME}/nvmePaths/path-a` });
    expect(await inSpdk()).toMatchObject([{ ctrlrs: [{ trid: { traddr: "192.0.2.11" } }] }]);
    await agent.call("DeleteNvmePath", { name: `${NAME}/nvmePaths/path-b` });
    expect(await inSpdk()).toEqual([]);
    await agent.call("DeleteNvmeRemoteController", { name: NAME });
  });

  test.each([
    [{ ioQueuesCount: -1n }, "io_queues_count: -1"],
    [{ queueSize: 70_000n }, "queue_size: 70000"],
    [{ tcp: { psk: Buffer.from("garbage") } }, "tcp.psk: not in the PSK interchange format"],
    [{ multipath: 0 }, "multipath: required"],
  ])("with %j is refused", async (object, text) => {
    await expect(remote(object)).rejects.toThrow(`INVALID_ARGUMENT: nvme_remote_controller.${text}`);
  });

  test("shows the namespaces of the remote side, and resets the connection", async () => {
    await remote();
    const list = (): Promise<Message> => agent.call("ListNvmeRemoteNamespaces", { parent: NAME });
    expect(await list()).toEqual({ nvmeRemoteNamespaces: [], nextPageToken: "" });
    await expect(agent.call("ResetNvmeRemoteController", { name: NAME })).rejects.toThrow("FAILED_PRECONDITION");
    await attach("path-a", "192.0.2.10");
    const [bdev] = await agent.spdk.call<readonly Message[]>("bdev_get_bdevs", { name: "remoten1" });
    const namespace = { name: `${NAME}/nvmeRemoteNamespaces/1`, nsid: 1, nguid: "", eui64: 0n, uuid: bdev?.uuid };
    expect(await list()).toEqual({ nvmeRemoteNamespaces: [namespace], nextPageToken: "" });
    expect(await agent.call("GetNvmeRemoteNamespace", { name: namespace.name })).toEqual(namespace);
    await expect(agent.call("GetNvmeRemoteNamespace", { name: `${NAME}/nvmeRemoteNamespaces/2` })).rejects.toThrow(
      "NOT_FOUND",
    );
    await expect(agent.call("GetNvmeRemoteNamespace", { name: `${NAME}/nvmeRemoteNamespaces/x` })).rejects.toThrow(
      "INVALID_ARGUMENT",
    );
    await agent.call("ResetNvmeRemoteController", { name: NAME });
    await expect(agent.call("ResetNvmeRemoteController", { name: "nvmeRemoteControllers/nowhere" })).rejects.toThrow(
      "NOT_FOUND",
    );
    expect(await agent.call("StatsNvmeRemoteController", { name: NAME })).toMatchObject({
      stats: { readOpsCount: expect.any(Number) },
    });
  });

  test("whose namespace is used keeps its last path and its settings", async () => {
    await remote();
    await attach("path-a", "192.0.2.10");
    await attach("path-b", "192.0.2.11");
    const volumeNameRef = `${NAME}/nvmeRemoteNamespaces/1`;
    await agent.call("CreateQosVolume", {
      qosVolumeId: "limited",
      qosVolume: { volumeNameRef, limits: { max: { rwIopsKiops: 1n } } },
    });
    await expect(update({ tcp: { hdgst: true } })).rejects.toThrow(
      `FAILED_PRECONDITION: ${NAME} cannot be changed while its namespaces are used by qosVolumes/limited`,
    );
    await agent.call("DeleteNvmePath", { name: `${NAME}/nvmePaths/path-a` });
    await expect(agent.call("DeleteNvmePath", { name: `${NAME}/nvmePaths/path-b` })).rejects.toThrow(
      "qosVolumes/limited",
    );
    await expect(
      agent.call("UpdateNvmePath", {
        nvmePath: { name: `${NAME}/nvmePaths/path-b`, traddr: "192.0.2.10" },
        updateMask: ["traddr"],
      }),
    ).rejects.toThrow("FAILED_PRECONDITION");
    expect(await update({ queueSize: 128n })).toMatchObject({ queueSize: 128n });
    await agent.call("DeleteQosVolume", { name: "qosVolumes/limited" });
    await agent.call("DeleteNvmePath", { name: `${NAME}/nvmePaths/path-b` });
  });

  test("a volume of a remote controller that is not there, or has no such namespace, is not found", async () => {
    await remote();
    for (const volumeNameRef of [
      `${NAME}/nvmeRemoteNamespaces/1`,
      "nvmeRemoteControllers/nowhere/nvmeRemoteNamespaces/1",
    ])
      await expect(
        agent.call("CreateQosVolume", { qosVolume: { volumeNameRef, limits: { max: { rwIopsKiops: 1n } } } }),
      ).rejects.toThrow(`NOT_FOUND: qos_volume.volume_name_ref: "${volumeNameRef}" does not exist`);
  });

  test("has its key in SPDK's keyring exactly as long as a path needs it", async () => {
    await remote({ tcp: { psk: Buffer.from(PSK) } });
    expect(await agent.snapshot()).toMatchObject({ keyring: [], files: ["keys", "vfio-user"] });
    await attach("path-a", "192.0.2.20");
    expect(await agent.snapshot()).toMatchObject({
      keyring: [{ name: "opi-remote-remote" }],
      files: ["keys", "keys/opi-remote-remote", "vfio-user"],
    });
    await agent.call("DeleteNvmePath", { name: `${NAME}/nvmePaths/path-a` });
    expect(await agent.snapshot()).toMatchObject({ keyring: [], files: ["keys", "vfio-user"] });
  });
});

describe("a path", () => {
  test.each([
    [{ trtype: NvmeTransportType.NVME_TRANSPORT_TYPE_PCIE }, "fabrics: not with"],
    [
      { trtype: NvmeTransportType.NVME_TRANSPORT_TYPE_PCIE, fabrics: undefined },
      'traddr: "192.0.2.10" is no PCIe address',
    ],
    [{ fabrics: undefined }, "fabrics: required with"],
    [{ trtype: NvmeTransportType.NVME_TRANSPORT_TYPE_FC }, "trtype: SPDK attaches by PCIe, TCP or RDMA"],
    [{ traddr: "localhost" }, 'traddr: "localhost" is no IPv4 address'],
    [{ fabrics: { ...fabrics(), trsvcid: 70_000n } }, "fabrics.trsvcid: 70000"],
    [{ fabrics: { ...fabrics(), subnqn: "not an nqn" } }, "fabrics.subnqn"],
    [{ fabrics: { ...fabrics(), hostnqn: "bad host" } }, "fabrics.hostnqn"],
    [{ fabrics: { ...fabrics(), sourceTrsvcid: -1n } }, "fabrics.source_trsvcid"],
  ])("with %j is refused", async (change, text) => {
    await remote();
    await expect(attach("path-a", "192.0.2.10", change)).rejects.toThrow(`INVALID_ARGUMENT: nvme_path.${text}`);
  });

  test("to where nobody answers, to an unknown subsystem, or with a wrong key is refused in words", async () => {
    await remote({ tcp: { psk: Buffer.from(OTHER_PSK) } });
    const refused = /^Error: FAILED_PRECONDITION: SPDK cannot attach .* at 192\.0\.2\.\d+ port 4420/;
    for (const [traddr, change] of [
      ["192.0.2.99", {}],
      ["192.0.2.10", { fabrics: { ...fabrics(), subnqn: "nqn.2019-06.io.example:unknown" } }],
      ["192.0.2.20", {}],
    ] as const)
      expect(await attach("path-a", traddr, change).then(() => "attached", String)).toMatch(refused);
    expect(await agent.snapshot()).toMatchObject({ remotes: [], keyring: [], files: ["keys", "vfio-user"] });
  });

  test("is the only one unless multipath allows more, and leads where no sibling does", async () => {
    await remote({ multipath: NvmeMultipath.NVME_MULTIPATH_DISABLE });
    await attach("path-a", "192.0.2.10");
    await expect(attach("path-b", "192.0.2.10")).rejects.toThrow(
      `ALREADY_EXISTS: nvme_path.traddr: ${NAME}/nvmePaths/path-a leads there`,
    );
    await expect(attach("path-b", "192.0.2.11")).rejects.toThrow("FAILED_PRECONDITION");
    await update({ multipath: NvmeMultipath.NVME_MULTIPATH_FAILOVER });
    await attach("path-b", "192.0.2.11");
  });

  test("leads by IPv6 as well", async () => {
    const place = { trtype: "TCP", traddr: "2001:db8::10", trsvcid: "4420", subnqn: REMOTE_NQN };
    const namespaces = [{ nsid: 1, blockSize: 512, blocksCount: 2048 }];
    await agent.stop();
    agent = await agentUnderTest({ simulator: { version: playedSpdk(), remotes: [{ ...place, namespaces }] } });
    await remote();
    await attach("path-a", "2001:db8::10", {
      fabrics: { ...fabrics(), adrfam: NvmeAddressFamily.NVME_ADDRESS_FAMILY_IPV6 },
    });
    expect(await inSpdk()).toMatchObject([{ ctrlrs: [{ trid: { ...place, adrfam: "IPv6" } }] }]);
  });

  test("is used together with others on an SPDK that has no verb for that any more", async () => {
    await agent.stop();
    const simulator = { version: "26.05", lacks: ["bdev_nvme_set_multipath_policy"] } as const;
    agent = await agentUnderTest({ simulator });
    await remote();
    await attach("path-a", "192.0.2.10");
    expect(await agent.spdk.call("bdev_get_bdevs", { name: "remoten1" })).toMatchObject([
      { driver_specific: { mp_policy: "active_active" } },
    ]);
  });

  test("leads to a local PCIe drive as well", async () => {
    await remote({ multipath: NvmeMultipath.NVME_MULTIPATH_DISABLE });
    await attach("path-a", "0000:03:00.0", { trtype: NvmeTransportType.NVME_TRANSPORT_TYPE_PCIE, fabrics: undefined });
    expect(await agent.spdk.call("bdev_get_bdevs", { name: "remoten1" })).toHaveLength(1);
    await agent.call("DeleteNvmePath", { name: `${NAME}/nvmePaths/path-a` });
    expect(await agent.spdk.call("bdev_get_bdevs")).toEqual([]);
  });
});

function fabrics(): object {
  return (path("192.0.2.10") as { fabrics: object }).fabrics;
}
