import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as opi from "../../provider/dynamic";
import { withStack } from "../engine/stack";
import { startTestAgent, type TestAgent } from "./agent";

const limit = 60_000;
let dpu: TestAgent;
beforeEach(async () => {
  dpu = await startTestAgent();
});
afterEach(() => dpu.stop());

/**
 * What the first release put into its users' states, for ever. A change here means that every resource of every user
 * shows a difference, and that the state requires a module that may not be there.
 */
const serializedProvider = 'exports.handler = () => require("pulumi-opi/dynamic/provider");';
const stateInputs = [
  "__autonamed",
  "__provider",
  "__resource",
  "agent",
  "blockSize",
  "blocksCount",
  "name",
  "resourceId",
];

const program = async (): Promise<void> => {
  new opi.backend.NullVolume("kept", { blockSize: 512, blocksCount: 2048, agent: { address: dpu.address } });
};

test(
  "the state holds the provider as a few characters that never change",
  async () => {
    await withStack(program, {}, async (stack) => {
      await stack.up();
      const { type, inputs = {}, outputs = {} } = stack.resource("kept");
      expect(inputs.__provider).toBe(serializedProvider);
      expect(outputs.__provider).toBe(serializedProvider);
      expect(serializedProvider.length).toBeLessThan(1024);
      expect(type).toBe("pulumi-nodejs:dynamic/opi/backend:NullVolume");
      expect(inputs.__resource).toEqual({ type: "opi:backend:NullVolume", name: "kept" });
      expect(Object.keys(inputs).sort()).toEqual(stateInputs);
      expect(Object.keys(outputs).sort()).toEqual([...stateInputs, "__opi", "uuid"].sort());
      await stack.destroy();
    });
  },
  limit,
);

test(
  "a state that an older release has written shows no difference, and can be refreshed, updated and destroyed",
  async () => {
    await withStack(program, {}, async (stack) => {
      await stack.up();
      const { id, inputs = {} } = stack.resource("kept");
      // The state of a first release, word for word, with what later ones may have added to it taken away.
      const exported = await stack.pulumi("stack", "export");
      // What this CLI has written a moment ago.
      const state = JSON.parse(exported.stdout) as { deployment: { resources: Record<string, unknown>[] } };
      const old = state.deployment.resources.find((resource) => String(resource.urn).endsWith("::kept"));
      const known = {
        __autonamed: true,
        __provider: serializedProvider,
        __resource: { type: "opi:backend:NullVolume", name: "kept" },
        agent: { address: dpu.address },
        blockSize: 512,
        blocksCount: 2048,
        resourceId: inputs.resourceId,
      };
      Object.assign(old ?? {}, { inputs: known, outputs: { ...known, name: id, __opi: { dialect: "standard" } } });
      const file = join(stack.folder, "state.json");
      writeFileSync(file, JSON.stringify(state));
      expect(await stack.pulumi("stack", "import", "--file", file)).toMatchObject({ code: 0 });

      expect((await stack.preview()).changes).toEqual({});
      expect((await stack.up()).changes).toEqual({});
      // The outputs that a later release knows of are filled in, and nothing else is touched.
      await stack.refresh();
      expect((await stack.preview()).changes).toEqual({});
      expect(dpu.writes()).toEqual(["CreateNullVolume"]);
      stack.program = async () => {
        new opi.backend.NullVolume("kept", { blockSize: 512, blocksCount: 4096, agent: { address: dpu.address } });
      };
      expect((await stack.up()).changes).toEqual({ kept: ["update"] });
      await stack.destroy();
      expect(await dpu.objects()).toEqual([]);
    });
  },
  limit,
);
