import * as opi from "../../provider/dynamic";
import type { Outcome } from "../engine/outcome";
import { withStack } from "../engine/stack";
import { startTestAgent, type TestAgent } from "./agent";
import { xtsKey } from "./keys";

const limit = 60_000;
let dpu: TestAgent;
let agent: opi.AgentArgs;
beforeEach(async () => {
  dpu = await startTestAgent();
  agent = { address: dpu.address };
});
afterEach(() => dpu.stop());

/** What a program with one changed value does, as planned and as done, and the calls that its agent got. */
async function changing(
  program: (changed: boolean) => () => Promise<void>,
): Promise<{ readonly plan: Outcome; readonly up: Outcome; readonly writes: readonly string[] }> {
  return withStack(program(false), {}, async (stack) => {
    await stack.up();
    stack.program = program(true);
    const plan = await stack.preview();
    dpu.writes();
    const up = await stack.up();
    const writes = dpu.writes();
    expect((await stack.preview()).changes).toEqual({});
    await stack.destroy();
    expect(await dpu.objects()).toEqual([]);
    return { plan, up, writes };
  });
}

const subsystemWithChildren = (args: opi.frontend.NvmeSubsystemArgs) => async (): Promise<void> => {
  const volume = new opi.backend.MallocVolume("disk", { blockSize: 512, blocksCount: 64, agent });
  const subsystem = new opi.frontend.NvmeSubsystem("subsystem", { ...args, agent });
  const nvmeSubsystem = subsystem.name;
  const pcieId = { portId: 0, physicalFunction: 0, virtualFunction: 1 };
  new opi.frontend.NvmeController("controller", { nvmeSubsystem, trtype: "pcie", pcieId, agent });
  new opi.frontend.NvmeNamespace("namespace", { nvmeSubsystem, volumeNameRef: volume.name, hostNsid: 1, agent });
};

test(
  "a subsystem that must go before its successor comes takes its controllers and namespaces with it, children first",
  async () => {
    const nqn = "nqn.2014-08.org.example:order";
    const { plan, up, writes } = await changing((changed) =>
      subsystemWithChildren({ nqn, serialNumber: changed ? "SECOND" : "FIRST" }),
    );
    expect(Object.keys(up.changes).sort()).toEqual(["controller", "namespace", "subsystem"]);
    expect(up.changes.subsystem).toEqual(["delete-replaced", "replace", "create-replacement"]);
    expect(plan.changes).toEqual(up.changes);
    expect([...writes.slice(0, 2)].sort()).toEqual(["DeleteNvmeController", "DeleteNvmeNamespace"]);
    expect(writes.slice(2, 4)).toEqual(["DeleteNvmeSubsystem", "CreateNvmeSubsystem"]);
    expect([...writes.slice(4)].sort()).toEqual(["CreateNvmeController", "CreateNvmeNamespace"]);
  },
  limit,
);

test(
  "a subsystem of another NQN comes first, then its children move, then the old one goes",
  async () => {
    const { plan, up, writes } = await changing((changed) =>
      subsystemWithChildren({ nqn: `nqn.2014-08.org.example:${changed ? "new" : "old"}` }),
    );
    expect(plan.changes).toEqual(up.changes);
    expect(up.changes.subsystem).toEqual(["create-replacement", "replace", "delete-replaced"]);
    // The function and the volume are taken as long as the old children hold them.
    expect(up.changes.controller).toEqual(["delete-replaced", "replace", "create-replacement"]);
    expect(up.changes.namespace).toEqual(["delete-replaced", "replace", "create-replacement"]);
    expect(writes[0]).toBe("CreateNvmeSubsystem");
    expect(writes.at(-1)).toBe("DeleteNvmeSubsystem");
    expect(writes).toHaveLength(6);
  },
  limit,
);

/** malloc, encrypted, limited, and shown to a host as a namespace. */
const stackedVolumes = (base: opi.backend.MallocVolumeArgs) => async (): Promise<void> => {
  const volume = new opi.backend.MallocVolume("base", { ...base, agent });
  const encrypted = new opi.middleend.EncryptedVolume("encrypted", {
    volumeNameRef: volume.name,
    cipher: "aes_xts_256",
    key: xtsKey("order"),
    agent,
  });
  const limited = new opi.middleend.QosVolume("limited", {
    volumeNameRef: encrypted.name,
    limits: { max: { rwBandwidthMbs: 100 } },
    agent,
  });
  const subsystem = new opi.frontend.NvmeSubsystem("subsystem", { nqn: "nqn.2014-08.org.example:order", agent });
  new opi.frontend.NvmeNamespace("namespace", {
    nvmeSubsystem: subsystem.name,
    volumeNameRef: limited.name,
    hostNsid: 1,
    agent,
  });
};

test(
  "a volume that must go before its successor comes takes all that is built on it with it, from the top",
  async () => {
    const { plan, up, writes } = await changing((changed) =>
      stackedVolumes({ resourceId: "base", blockSize: 512, blocksCount: changed ? 128 : 64 }),
    );
    expect(plan.changes).toEqual(up.changes);
    const deleteFirst = ["delete-replaced", "replace", "create-replacement"];
    expect(up.changes).toEqual({
      base: deleteFirst,
      encrypted: deleteFirst,
      limited: deleteFirst,
      namespace: deleteFirst,
    });
    expect(writes).toEqual([
      "DeleteNvmeNamespace",
      "DeleteQosVolume",
      "DeleteEncryptedVolume",
      "DeleteMallocVolume",
      "CreateMallocVolume",
      "CreateEncryptedVolume",
      "CreateQosVolume",
      "CreateNvmeNamespace",
    ]);
  },
  limit,
);

test(
  "a volume with an automatic id gets its successor first, and what is built on it is built anew beside the old",
  async () => {
    const { plan, up, writes } = await changing((changed) =>
      stackedVolumes({ blockSize: 512, blocksCount: changed ? 128 : 64 }),
    );
    expect(plan.changes).toEqual(up.changes);
    const createFirst = ["create-replacement", "replace", "delete-replaced"];
    expect(up.changes).toEqual({
      base: createFirst,
      encrypted: createFirst,
      limited: createFirst,
      // Its namespace id is the program's choice, and the subsystem has it once.
      namespace: ["delete-replaced", "replace", "create-replacement"],
    });
    expect(writes).toEqual([
      "CreateMallocVolume",
      "CreateEncryptedVolume",
      "CreateQosVolume",
      "DeleteNvmeNamespace",
      "CreateNvmeNamespace",
      "DeleteQosVolume",
      "DeleteEncryptedVolume",
      "DeleteMallocVolume",
    ]);
  },
  limit,
);

test(
  "a null volume grows in place, and a smaller one is planned as a replacement, because SPDK cannot shrink it",
  async () => {
    const sized = (blocksCount: number) => async (): Promise<void> => {
      new opi.backend.NullVolume("null", { blockSize: 512, blocksCount, agent });
    };
    const larger = await changing((changed) => sized(changed ? 2048 : 1024));
    expect(larger.up.changes).toEqual({ null: ["update"] });
    const smaller = await changing((changed) => sized(changed ? 512 : 1024));
    expect(smaller.plan.changes).toEqual({ null: ["create-replacement", "replace", "delete-replaced"] });
    expect(smaller.writes).toEqual(["CreateNullVolume", "DeleteNullVolume"]);
  },
  limit,
);
