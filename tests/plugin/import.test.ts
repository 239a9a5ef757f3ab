import { startTestAgent, type TestAgent } from "../dynamic/agent";
import { psk, xtsKey } from "../dynamic/keys";
import { withStack } from "../engine/stack";
import { OpiResource, withPlugin } from "./plugin";

const key = xtsKey("import");
let agent: TestAgent;
beforeEach(async () => {
  agent = await startTestAgent();
  await agent.create("MallocVolume", "disk", { blockSize: 512, blocksCount: 64 });
  const cipher = "ENCRYPTION_TYPE_AES_XTS_256";
  await agent.create("EncryptedVolume", "crypt", { volumeNameRef: "mallocVolumes/disk", cipher, key });
  const nqn = (name: string): string => `nqn.2014-08.org.example:${name}`;
  await agent.create("NvmeSubsystem", "tenant", { nqn: nqn("tenant"), hostnqn: nqn("host"), psk: psk("import") });
  agent.writes();
});
afterEach(() => agent.stop());

const encrypted = { resourceId: "crypt", volumeNameRef: "mallocVolumes/disk", cipher: "aes_xts_256", key };

test("pulumi import tells which secrets the program has to supply, and has nothing else to say", async () => {
  await withStack(
    async () => undefined,
    withPlugin(agent.address),
    async (stack) => {
      const read = async (token: string, name: string, id: string): Promise<string> => {
        const options = ["--yes", "--protect=false", "--generate-code=false", "--skip-preview"];
        const { code, stdout, stderr } = await stack.pulumi("import", token, name, id, ...options);
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
        return [...stdout.matchAll(/^ {4}warning: (.*)$/gm)].map(([, text]) => text).join("\n");
      };
      expect(await read("opi:backend:MallocVolume", "disk", "mallocVolumes/disk")).toBe("");
      expect(await read("opi:frontend:NvmeSubsystem", "tenant", "nvmeSubsystems/tenant")).toMatch(
        /^agent \S+ does not tell psk of nvmeSubsystems\/tenant: .*$/,
      );
      // Required as it is, its absence is no failure.
      expect(await read("opi:middleend:EncryptedVolume", "crypt", "encryptedVolumes/crypt")).toMatch(
        /^agent \S+ does not tell key of encryptedVolumes\/crypt: what the object has of that, write in the program; .*$/,
      );
      stack.program = async () => {
        new OpiResource("MallocVolume", "disk", { resourceId: "disk", blockSize: 512, blocksCount: 64 });
        new OpiResource("EncryptedVolume", "crypt", encrypted);
      };
      const disk = ["disk", "crypt"].map((name) => stack.resource(name).urn);
      expect((await stack.up({ targets: disk })).changes).toEqual({ crypt: ["update"] });
      expect((await stack.preview({ targets: disk })).changes).toEqual({});
      expect(stack.resource("crypt").inputs).not.toHaveProperty("__imported");
      expect(agent.writes()).toEqual([]);
    },
  );
}, 60_000);

test("the import option takes an object into the program, whose secrets complete the state alone", async () => {
  const program = (options: object) => async (): Promise<void> => {
    new OpiResource("EncryptedVolume", "crypt", encrypted, options);
  };
  await withStack(program({ import: "encryptedVolumes/crypt" }), withPlugin(agent.address), async (stack) => {
    const plan = await stack.preview();
    expect(plan.changes).toEqual({ crypt: ["import", "update"] });
    expect((await stack.up()).changes).toEqual({ crypt: ["import", "update"] });
    stack.program = program({});
    expect((await stack.preview()).changes).toEqual({});
    expect(agent.writes()).toEqual([]);
    await stack.destroy();
    expect(agent.writes()).toEqual(["DeleteEncryptedVolume"]);
  });
}, 60_000);
