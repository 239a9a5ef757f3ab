import { startTestAgent, type TestAgent } from "../dynamic/agent";
import { messagesOf } from "../dynamic/diagnostics";
import { withStack, type Stack } from "../engine/stack";
import { OpiResource, withPlugin } from "./plugin";

let agent: TestAgent;
beforeEach(async () => {
  agent = await startTestAgent();
});
afterEach(() => agent.stop());

/** A volume with an id that any other stack may wish for as well, and a subsystem of the stack's own. */
const program = (owner: string, blocksCount: number) => async (): Promise<void> => {
  new OpiResource("NullVolume", "shared", { resourceId: "shared", blockSize: 512, blocksCount });
  new OpiResource("NvmeSubsystem", "own", { resourceId: owner, nqn: `nqn.2014-08.org.example:${owner}` });
};
const stackOf = <T>(owner: string, blocksCount: number, use: (stack: Stack) => Promise<T>): Promise<T> =>
  withStack(program(owner, blocksCount), withPlugin(agent.address), use);

const idsIn = (stack: Stack): readonly string[] =>
  (stack.state().checkpoint.latest?.resources ?? []).flatMap(({ type, id }) =>
    type.startsWith("opi:") && id !== undefined ? [id] : [],
  );

test("of two stacks that wish for one id the second is refused, and owns nothing of the first's until that is gone", async () => {
  await stackOf("first", 2048, (first) =>
    stackOf("second", 4096, async (second) => {
      await first.up();
      const before = first.stateText();
      const refused = await second.up({ fails: true, continueOnError: true });
      const said = messagesOf(refused, "error").join("\n");
      expect(said).toContain("shared");
      expect(said).toContain("is there already and differs in blocksCount (wished 4096, found 2048)");
      expect(said).toContain("choose another resourceId");
      expect(idsIn(second)).toEqual(["nvmeSubsystems/second"]);
      expect(await agent.find("NullVolume", "nullVolumes/shared")).toMatchObject({ blocksCount: 2048 });

      // What the second stack destroys is its own.
      await second.destroy();
      expect(await agent.objects()).toEqual(["nullVolumes/shared", "nvmeSubsystems/first"]);
      expect(first.stateText()).toBe(before);
      expect((await first.refresh()).changes).toEqual({});

      await first.destroy();
      await second.up();
      expect(await agent.find("NullVolume", "nullVolumes/shared")).toMatchObject({ blocksCount: 4096 });
      expect((await second.preview()).changes).toEqual({});
      await second.destroy();
      expect(await agent.objects()).toEqual([]);
    }),
  );
}, 60_000);
