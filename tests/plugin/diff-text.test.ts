import { startTestAgent, type TestAgent } from "../dynamic/agent";
import { psk } from "../dynamic/keys";
import { stepOf } from "../engine/outcome";
import { withStack } from "../engine/stack";
import { OpiResource, withPlugin } from "./plugin";

let agent: TestAgent;
beforeEach(async () => {
  agent = await startTestAgent();
});
afterEach(() => agent.stop());

interface Wish {
  readonly rates: object;
  readonly key: string;
  readonly serialNumber: string;
  readonly virtualFunction: number;
}
const before: Wish = {
  rates: { rwBandwidthMbs: 100, rwIopsKiops: 10 },
  key: "one",
  serialNumber: "OPI1",
  virtualFunction: 1,
};

const nqn = (name: string): string => `nqn.2014-08.org.example:${name}`;
const program =
  ({ rates, key, serialNumber, virtualFunction }: Wish) =>
  async (): Promise<void> => {
    const volume = new OpiResource("MallocVolume", "vol", { resourceId: "vol-one", blockSize: 512, blocksCount: 64 });
    const limits = { max: rates };
    new OpiResource("QosVolume", "qos", { resourceId: "qos-one", volumeNameRef: volume.name, limits });
    const keyed = { hostnqn: nqn("host"), psk: psk(key) };
    new OpiResource("NvmeSubsystem", "ss", { resourceId: "ss-one", nqn: nqn("ss"), serialNumber, ...keyed });
    const pcieId = { portId: 0, physicalFunction: 0, virtualFunction };
    new OpiResource("VirtioScsiController", "scsi", { resourceId: "scsi-one", pcieId });
  };

/** What the CLI prints of each resource that changes: what is to be done, and each property below it. */
function shown(stdout: string): Readonly<Record<string, readonly string[]>> {
  const [resources = ""] = stdout.split(/^Resources:/m);
  const blocks = resources.split(/^ {4}(?=[~+-]+ *opi:)/m).slice(1);
  return Object.fromEntries(
    blocks.map((block) => {
      const [what = "", , urn = "", ...properties] = block.trimEnd().split("\n");
      return [urn.replace(/^.*::|\]$/g, ""), [what, ...properties.map((line) => line.slice(6))]] as const;
    }),
  );
}

test("pulumi preview --diff prints each changed property alone, with both its values, and secrets as such", async () => {
  await withStack(program(before), withPlugin(agent.address), async (stack) => {
    await stack.up();
    const rates = { rwBandwidthMbs: 200, rdBandwidthMbs: 5 };
    stack.program = program({ ...before, rates, key: "two", virtualFunction: 2 });
    const changed = await stack.preview({ diff: true });
    expect(shown(changed.stdout)).toEqual({
      ss: ["~ opi:frontend:NvmeSubsystem: (update)", "~ psk: [secret] => [secret]"],
      scsi: ["+-opi:frontend:VirtioScsiController: (replace)", "~ pcieId: {", "    ~ virtualFunction: 1 => 2", "  }"],
      qos: [
        "~ opi:middleend:QosVolume: (update)",
        "~ limits: {",
        "    ~ max: {",
        "        + rdBandwidthMbs: 5",
        "        ~ rwBandwidthMbs: 100 => 200",
        "        - rwIopsKiops   : 10",
        "      }",
        "  }",
      ],
    });
    expect(changed.stdout).not.toContain("NVMeTLSkey");

    stack.program = program({ ...before, serialNumber: "OPI2" });
    const replaced = await stack.preview({ diff: true });
    expect(shown(replaced.stdout)).toEqual({
      ss: ["+-opi:frontend:NvmeSubsystem: (replace)", '~ serialNumber: "OPI1" => "OPI2"'],
    });
    const steps = replaced.steps.filter(({ op }) => op === "replace");
    expect(stepOf({ ...replaced, steps }, "ss").replaceKeys).toEqual(["serialNumber"]);
    await stack.destroy();
  });
}, 60_000);

test("what has drifted is printed with the value that a refresh found and the one that the program wishes, and put right", async () => {
  await withStack(program(before), withPlugin(agent.address), async (stack) => {
    await stack.up();
    await agent.change("QosVolume", "qosVolumes/qos-one", { "limits.max.rwBandwidthMbs": 7 });
    expect((await stack.refresh()).changes).toEqual({ qos: ["update"] });
    const healing = await stack.preview({ diff: true });
    expect(shown(healing.stdout)).toEqual({
      qos: [
        "~ opi:middleend:QosVolume: (update)",
        "~ limits: {",
        "    ~ max: {",
        "        ~ rwBandwidthMbs: 7 => 100",
        "      }",
        "  }",
      ],
    });
    const healed = await stack.up();
    expect(Object.keys(stepOf(healed, "qos").detailedDiff)).toEqual(["limits.max.rwBandwidthMbs"]);
    expect((await stack.preview()).changes).toEqual({});
    await stack.destroy();
  });
}, 60_000);
