import * as pulumi from "@pulumi/pulumi";
import * as opi from "../../provider/dynamic";
import { stepOf } from "../engine/outcome";
import { withStack } from "../engine/stack";
import { startTestAgent, type TestAgent } from "./agent";
import { expectReadable } from "./diagnostics";
import { psk, xtsKey } from "./keys";

const limit = 60_000;
let dpu: TestAgent;
let agent: opi.AgentArgs;
beforeEach(async () => {
  dpu = await startTestAgent();
  agent = { address: dpu.address };
});
afterEach(() => dpu.stop());

/** A resource with an output that only its agent can tell: what hangs on it is unknown at preview. */
const source = (blocksCount = 64): opi.backend.MallocVolume =>
  new opi.backend.MallocVolume("source", { resourceId: "source", blockSize: 512, blocksCount, agent });

const later = <T>(from: opi.backend.MallocVolume, value: T): pulumi.Output<T> => from.uuid.apply(() => value);

test(
  "inputs of every kind may be unknown at preview, and up has them",
  async () => {
    const program = async (): Promise<void> => {
      const from = source();
      new opi.backend.NullVolume("number", {
        resourceId: "number",
        blockSize: 512,
        blocksCount: later(from, 2048),
        agent,
      });
      new opi.backend.NullVolume("id", {
        resourceId: later(from, "from-later"),
        blockSize: 512,
        blocksCount: 64,
        agent,
      });
      const encrypted = new opi.middleend.EncryptedVolume("secret", {
        resourceId: "secret",
        volumeNameRef: from.name,
        cipher: later(from, "aes_xts_256"),
        key: later(from, xtsKey("later")),
        agent,
      });
      new opi.middleend.QosVolume("object", {
        resourceId: "object",
        volumeNameRef: pulumi.all([encrypted.name, from.uuid]).apply(([name]) => name),
        limits: later(from, { max: { rwBandwidthMbs: 100 } }),
        agent,
      });
      const subsystem = new opi.frontend.NvmeSubsystem("text", {
        resourceId: "text",
        nqn: pulumi.interpolate`nqn.2014-08.org.example:${later(from, "later")}`,
        hostnqn: "nqn.2014-08.org.example:host",
        psk: later(from, psk("later")),
        agent,
      });
      new opi.frontend.NvmeController("parent", {
        resourceId: "parent",
        nvmeSubsystem: pulumi.all([subsystem.name, from.uuid]).apply(([name]) => name),
        trtype: "pcie",
        pcieId: { portId: 0, physicalFunction: 0, virtualFunction: later(from, 7) },
        agent,
      });
      new opi.backend.NullVolume("everything", { blockSize: 512, blocksCount: 64, agent: later(from, agent) });
    };
    await withStack(program, {}, async (stack) => {
      const plan = await stack.preview();
      expect(Object.values(plan.changes).flat()).toEqual(Array<string>(8).fill("create"));
      expectReadable(plan);
      expect(await dpu.objects()).toEqual([]);
      await stack.up();
      expect((await stack.preview()).changes).toEqual({});
      expect((await stack.refresh()).changes).toEqual({});
      expect(await dpu.find("NullVolume", "nullVolumes/number")).toMatchObject({ blocksCount: 2048 });
      expect(await dpu.find("NullVolume", "nullVolumes/from-later")).toBeDefined();
      expect(await dpu.find("EncryptedVolume", "encryptedVolumes/secret")).toMatchObject({
        cipher: "ENCRYPTION_TYPE_AES_XTS_256",
      });
      expect(await dpu.find("QosVolume", "qosVolumes/object")).toMatchObject({
        volumeNameRef: "encryptedVolumes/secret",
        limits: { max: { rwBandwidthMbs: 100 } },
      });
      expect(dpu.keysHandedOver()).toEqual(expect.arrayContaining([xtsKey("later"), psk("later")]));
      expect(await dpu.find("NvmeController", "nvmeSubsystems/text/nvmeControllers/parent")).toMatchObject({
        pcieId: { virtualFunction: 7 },
      });
      await stack.destroy();
      expect(await dpu.objects()).toEqual([]);
    });
  },
  limit,
);

test(
  "what is only known to change is planned as what it may become: an update where that works, else a replacement",
  async () => {
    const program = (changed: boolean) => async (): Promise<void> => {
      const from = source(changed ? 128 : 64);
      // A source that is replaced tells another uuid.
      const size = from.uuid.apply(() => (changed ? 4096 : 2048));
      new opi.backend.NullVolume("updated", { resourceId: "updated", blockSize: 512, blocksCount: size, agent });
      new opi.backend.MallocVolume("replaced", { resourceId: "replaced", blockSize: 512, blocksCount: size, agent });
    };
    await withStack(program(false), {}, async (stack) => {
      await stack.up();
      stack.program = program(true);
      const deleteFirst = ["delete-replaced", "replace", "create-replacement"];
      const plan = await stack.preview();
      expect(plan.changes).toEqual({ source: deleteFirst, updated: ["update"], replaced: deleteFirst });
      expect((await stack.up()).changes).toEqual(plan.changes);
      await stack.destroy();
    });
  },
  limit,
);

test(
  "an update of one resource leaves what refers to it alone, because its name stays known",
  async () => {
    const program = (hostnqn: string) => async (): Promise<void> => {
      const nqn = "nqn.2014-08.org.example:updated";
      const subsystem = new opi.frontend.NvmeSubsystem("subsystem", { nqn, hostnqn, agent });
      const pcieId = { portId: 0, physicalFunction: 0, virtualFunction: 1 };
      new opi.frontend.NvmeController("controller", { nvmeSubsystem: subsystem.name, trtype: "pcie", pcieId, agent });
    };
    await withStack(program("nqn.2014-08.org.example:host-a"), {}, async (stack) => {
      await stack.up();
      stack.program = program("nqn.2014-08.org.example:host-b");
      const plan = await stack.preview();
      expect(plan.changes).toEqual({ subsystem: ["update"] });
      expect(stepOf(plan, "subsystem").inputs).toMatchObject({ hostnqn: "nqn.2014-08.org.example:host-b" });
      await stack.destroy();
    });
  },
  limit,
);
