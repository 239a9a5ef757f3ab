import { EncryptionType } from "../../provider/wire/opi_api/storage/v1/opicommon";
import { SpdkError } from "../spdk";
import { agentUnderTest, type AgentUnderTest, type Message } from "../testing/agent-under-test";
import { XTS_256_KEY } from "../testing/samples";
import { discardHiddenSubsystems } from "./idle-limit";
import { Spdk } from "./spdk";

const NAME = "qosVolumes/limited";
const simulator = { version: "26.05" } as const;

let agent: AgentUnderTest;
afterEach(() => agent.stop());

async function limitedVolume(): Promise<void> {
  await agent.call("CreateMallocVolume", {
    mallocVolumeId: "base",
    mallocVolume: { blockSize: 512n, blocksCount: 2048n },
  });
  await agent.call("CreateQosVolume", {
    qosVolumeId: "limited",
    qosVolume: { volumeNameRef: "mallocVolumes/base", limits: { max: { rwIopsKiops: 1n } } },
  });
}
const change = (rwIopsKiops: bigint): Promise<Message> =>
  agent.call("UpdateQosVolume", {
    qosVolume: { name: NAME, limits: { max: { rwIopsKiops } } },
    updateMask: ["limits.max.rw_iops_kiops"],
  });
const limits = async (): Promise<unknown> =>
  (await agent.spdk.call<Message[]>("bdev_get_bdevs", { name: "base" }))[0]?.assigned_rate_limits;
const subsystems = async (): Promise<readonly unknown[]> =>
  (await agent.spdk.call<Message[]>("nvmf_get_subsystems")).map(({ nqn }) => nqn);

describe("limits of a volume that no host can reach, on SPDK 26.05", () => {
  test("change and go all the same, and nothing stays of how that was done", async () => {
    agent = await agentUnderTest({ simulator });
    await limitedVolume();
    const before = await subsystems();
    expect(await change(5n)).toMatchObject({ limits: { max: { rwIopsKiops: 5n } } });
    expect(await limits()).toMatchObject({ rw_ios_per_sec: 5000 });
    await agent.call("DeleteQosVolume", { name: NAME });
    expect(await limits()).toMatchObject({ rw_ios_per_sec: 0 });
    expect(await subsystems()).toEqual(before);
    await agent.call("DeleteMallocVolume", { name: "mallocVolumes/base" });
  });

  test("change under an encrypted volume", async () => {
    agent = await agentUnderTest({ simulator });
    await limitedVolume();
    await agent.call("CreateEncryptedVolume", {
      encryptedVolumeId: "crypt",
      encryptedVolume: { volumeNameRef: NAME, cipher: EncryptionType.ENCRYPTION_TYPE_AES_XTS_256, key: XTS_256_KEY },
    });
    await change(7n);
    expect(await limits()).toMatchObject({ rw_ios_per_sec: 7000 });
  });

  test("stay as they are, with the reason, where the volume cannot be made reachable", async () => {
    agent = await agentUnderTest({
      simulator,
      between: (spdk) => ({
        close: () => spdk.close(),
        call: async (verb, params, options) => {
          if (verb === "nvmf_subsystem_add_ns") throw new SpdkError(verb, -32602, "Invalid parameters");
          return spdk.call(verb, params, options);
        },
      }),
    });
    await limitedVolume();
    await expect(change(5n)).rejects.toThrow(
      /^FAILED_PRECONDITION: SPDK changes limits of base only while a host can reach it/,
    );
    expect(await agent.call("GetQosVolume", { name: NAME })).toMatchObject({ limits: { max: { rwIopsKiops: 1n } } });
    expect(await subsystems()).toHaveLength(1);
  });

  test("of a process that was killed in the midst of changing them leave no volume claimed", async () => {
    agent = await agentUnderTest({ simulator });
    await limitedVolume();
    const nqn = "nqn.2014-08.org.nvmexpress:uuid:b0df84f2-7b6c-4d0c-9f0e-3a3d6a0f2f55";
    await agent.spdk.call("nvmf_create_subsystem", { nqn, model_number: "pulumi-opi limits" });
    await agent.spdk.call("nvmf_subsystem_add_ns", { nqn, namespace: { bdev_name: "base" } });
    // What an agent does when it starts with objects of an earlier one.
    await discardHiddenSubsystems(new Spdk(agent.spdk));
    expect(await subsystems()).not.toContain(nqn);
    expect(await agent.spdk.call("bdev_get_bdevs", { name: "base" })).toMatchObject([{ claimed: false }]);
  });
});
