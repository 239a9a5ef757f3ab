import * as opi from "../../provider/dynamic";
import { withStack } from "../engine/stack";
import { startTestAgent, type TestAgent } from "./agent";
import { expectReadable, messagesOf } from "./diagnostics";
import { xtsKey } from "./keys";

const limit = 60_000;
let dpu: TestAgent;
let agent: opi.AgentArgs;
beforeEach(async () => {
  dpu = await startTestAgent();
  agent = { address: dpu.address };
});
afterEach(() => dpu.stop());

const shown = (): string => dpu.address.replace("127.0.0.1", "localhost");
const volume =
  (args: Partial<opi.backend.MallocVolumeArgs> = {}) =>
  async (): Promise<void> => {
    new opi.backend.MallocVolume("disk", { resourceId: "disk", blockSize: 512, blocksCount: 64, agent, ...args });
  };

test(
  "an object that is there already is refused, with a word on whether it equals the wish and how to go on",
  async () => {
    await dpu.create("MallocVolume", "disk", { blockSize: 512, blocksCount: 64 });
    await withStack(volume(), {}, async (stack) => {
      const equal = await stack.up({ fails: true });
      expect(messagesOf(equal, "error")).toEqual([
        `cannot create MallocVolume mallocVolumes/disk on agent ${shown()}: an object of that name is there already and ` +
          "equals what you wish (ALREADY_EXISTS)\nTo take it over, set adopt: true on the resource, or onExisting: " +
          '"adopt" on its agent; or choose another resourceId. When it is your own, and to be replaced, set deleteBeforeReplace: true.',
      ]);
      expectReadable(equal);

      stack.program = volume({ blocksCount: 128 });
      const other = await stack.up({ fails: true });
      expect(messagesOf(other, "error")).toEqual([
        `cannot create MallocVolume mallocVolumes/disk on agent ${shown()}: an object of that name is there already and ` +
          "differs in blocksCount (wished 128, found 64) (ALREADY_EXISTS)\nTo take it over, make the program equal it " +
          "and set adopt: true, then change it; or choose another resourceId. When it is your own, and to be replaced, set deleteBeforeReplace: true.",
      ]);
      expectReadable(other);

      stack.program = volume({ blocksCount: 128, adopt: true });
      const adopting = await stack.up({ fails: true });
      expect(messagesOf(adopting, "error")).toEqual([
        `cannot create MallocVolume mallocVolumes/disk on agent ${shown()}: it cannot be adopted: the object that is ` +
          "there differs in blocksCount (wished 128, found 64) (FAILED_PRECONDITION)\nMake the program say what is " +
          "there, adopt, then change it; or choose another resourceId.",
      ]);
      expectReadable(adopting);
      expect(stack.state().checkpoint.latest?.resources?.filter(({ type }) => type.includes("dynamic"))).toEqual([]);
    });
    expect(await dpu.objects()).toEqual(["mallocVolumes/disk"]);
    expect(await dpu.find("MallocVolume", "mallocVolumes/disk")).toMatchObject({ blocksCount: 64 });
  },
  limit,
);

test(
  "an equal object is adopted on request, and is the program's from then on",
  async () => {
    await dpu.create("MallocVolume", "disk", { blockSize: 512, blocksCount: 64 });
    const { uuid } = (await dpu.find("MallocVolume", "mallocVolumes/disk")) ?? {};
    await withStack(volume({ adopt: true }), {}, async (stack) => {
      await stack.up();
      expect(stack.resource("disk").outputs).toMatchObject({ uuid });
      expect((await stack.preview()).changes).toEqual({});
      // Once it is the program's, the word that took it over may go.
      stack.program = volume();
      expect((await stack.up()).changes).toEqual({});
      await stack.destroy();
      expect(await dpu.objects()).toEqual([]);
    });
  },
  limit,
);

test(
  "a whole device is adopted by one setting of its agent, children and secrets included",
  async () => {
    await dpu.create("MallocVolume", "disk", { blockSize: 512, blocksCount: 64 });
    const key = xtsKey("adopted");
    const cipher = "ENCRYPTION_TYPE_AES_XTS_256";
    await dpu.create("EncryptedVolume", "safe", { volumeNameRef: "mallocVolumes/disk", cipher, key });
    await dpu.create("NvmeSubsystem", "tenant", { nqn: "nqn.2014-08.org.example:tenant" });
    const namespace = { volumeNameRef: "encryptedVolumes/safe", hostNsid: 3 };
    await dpu.create("NvmeNamespace", "data", namespace, "nvmeSubsystems/tenant");
    const before = await dpu.objects();
    dpu.writes();

    const adopting = { ...agent, onExisting: "adopt" } as const;
    const program = async (): Promise<void> => {
      await volume({ agent: adopting })();
      const safe = new opi.middleend.EncryptedVolume("safe", {
        resourceId: "safe",
        volumeNameRef: "mallocVolumes/disk",
        cipher: "aes_xts_256",
        key,
        agent: adopting,
      });
      const tenant = new opi.frontend.NvmeSubsystem("tenant", {
        resourceId: "tenant",
        nqn: "nqn.2014-08.org.example:tenant",
        agent: adopting,
      });
      new opi.frontend.NvmeNamespace("data", {
        resourceId: "data",
        nvmeSubsystem: tenant.name,
        volumeNameRef: safe.name,
        hostNsid: 3,
        agent: adopting,
      });
    };
    await withStack(program, {}, async (stack) => {
      const up = await stack.up();
      expect(messagesOf(up, "warning")).toEqual([
        `encryptedVolumes/safe on agent ${shown()} is adopted; the agent does not tell key: make sure that the program ` +
          "says what is there",
      ]);
      expect(await dpu.objects()).toEqual(before);
      expect(dpu.writes()).toEqual([]);
      expect((await stack.refresh()).changes).toEqual({});
      expect((await stack.preview()).changes).toEqual({});
    });
  },
  limit,
);

test(
  "get reads objects that are managed elsewhere, whatever their type, and leaves them there",
  async () => {
    await dpu.create("MallocVolume", "disk", { blockSize: 512, blocksCount: 64 });
    await dpu.create("NvmeSubsystem", "tenant", { nqn: "nqn.2014-08.org.example:tenant", serialNumber: "OPI7" });
    const namespace = { volumeNameRef: "mallocVolumes/disk", hostNsid: 3 };
    await dpu.create("NvmeNamespace", "data", namespace, "nvmeSubsystems/tenant");
    const before = await dpu.objects();
    dpu.writes();

    const program = async (): Promise<Record<string, unknown>> => {
      const disk = opi.backend.MallocVolume.get("disk", "mallocVolumes/disk", { agent });
      const tenant = opi.frontend.NvmeSubsystem.get("tenant", "nvmeSubsystems/tenant", { agent });
      const data = opi.frontend.NvmeNamespace.get("data", "nvmeSubsystems/tenant/nvmeNamespaces/data", { agent });
      // What was read serves like what was made.
      const pcieId = { portId: 0, physicalFunction: 0, virtualFunction: 1 };
      const controller = new opi.frontend.NvmeController("own", {
        resourceId: "own1",
        nvmeSubsystem: tenant.name,
        trtype: "pcie",
        pcieId,
        agent,
      });
      return {
        blocksCount: disk.blocksCount,
        serialNumber: tenant.serialNumber,
        hostNsid: data.hostNsid,
        subsystem: data.nvmeSubsystem,
        id: data.resourceId,
        controller: controller.name,
      };
    };
    await withStack(program, {}, async (stack) => {
      await stack.up();
      expect(await stack.outputs()).toEqual({
        blocksCount: 64,
        serialNumber: "OPI7",
        hostNsid: 3,
        subsystem: "nvmeSubsystems/tenant",
        id: "data",
        controller: "nvmeSubsystems/tenant/nvmeControllers/own1",
      });
      expect((await stack.preview()).changes).toEqual({ data: ["read"], disk: ["read"], tenant: ["read"] });
      expect((await stack.refresh()).changes).toEqual({});
      await stack.destroy();
      expect(await dpu.objects()).toEqual(before);
      expect(dpu.writes()).toEqual(["CreateNvmeController", "DeleteNvmeController"]);
    });
  },
  limit,
);

test(
  "get of an object that is not there, or by a name of another form, says so",
  async () => {
    const failure = async (id: string): Promise<readonly string[]> => {
      const program = async (): Promise<void> => void opi.backend.MallocVolume.get("none", id, { agent });
      const up = await withStack(program, {}, (stack) => stack.up({ fails: true }));
      return messagesOf(up, "error");
    };
    expect(await failure("mallocVolumes/none")).toEqual([
      `cannot get MallocVolume mallocVolumes/none on agent ${shown()}: the agent has no such object (NOT_FOUND)\n` +
        "Correct the name, or create it.",
    ]);
    expect(await failure("none")).toEqual([
      `cannot read MallocVolume on agent ${shown()}: "none" is no name of a MallocVolume (INVALID_ARGUMENT)\n` +
        "Names have the form mallocVolumes/{volume}.",
    ]);
  },
  limit,
);
