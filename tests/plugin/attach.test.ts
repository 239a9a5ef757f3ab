import { startTestAgent } from "../dynamic/agent";
import { messagesOf } from "../dynamic/diagnostics";
import { withStack } from "../engine/stack";
import { OpiResource, withPlugin } from "./plugin";
import { startPlugin } from "./process";

test("a plugin that is started by hand serves one engine after the other, and tells each its warnings", async () => {
  const agent = await startTestAgent();
  const plugin = await startPlugin();
  const environment = { PULUMI_DEBUG_PROVIDERS: `opi:${plugin.stdout().trim()}` };
  const config = { "opi:deleteUnreachable": "true" };
  const program = async (): Promise<void> => {
    new OpiResource("NullVolume", "vol", { resourceId: "vol-one", blockSize: 512, blocksCount: 64 });
  };
  try {
    await withStack(program, withPlugin(agent.address, { environment, config }), async (stack) => {
      await stack.up();
      expect((await stack.preview()).changes).toEqual({});
      // Warnings go to the engine of the moment, not to the first one.
      await agent.stop();
      const letGo = await stack.destroy();
      expect(messagesOf(letGo, "warning")).toEqual([expect.stringContaining("forgotten without being deleted")]);
    });
    expect(plugin.child.exitCode).toBeNull();
    expect(plugin.stderr()).toBe("");
    expect(await plugin.stop()).toBe(0);
  } finally {
    plugin.child.kill("SIGKILL");
  }
}, 60_000);
