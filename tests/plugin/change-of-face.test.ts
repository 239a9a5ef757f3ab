import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as opi from "../../provider/dynamic";
import { startTestAgent } from "../dynamic/agent";
import { withStack } from "../engine/stack";
import { OpiResource, withPlugin } from "./plugin";

test("objects of dynamic resources become the plugin's without a call that writes, as docs/faces.md says", async () => {
  const dpu = await startTestAgent();
  const agent = { address: dpu.address };
  const size = { blockSize: 512, blocksCount: 64 };
  const nqn = "nqn.2014-08.org.example:moves";
  const dynamic = (retainOnDelete: boolean) => async (): Promise<void> => {
    new opi.backend.MallocVolume("disk", { ...size, agent }, { retainOnDelete });
    new opi.frontend.NvmeSubsystem("tenant", { nqn, agent }, { retainOnDelete });
  };
  try {
    await withStack(dynamic(false), withPlugin(dpu.address), async (stack) => {
      await stack.up();
      stack.program = dynamic(true);
      await stack.up();
      const imports = [
        { type: "opi:backend:MallocVolume", name: "disk", id: stack.resource("disk").id },
        { type: "opi:frontend:NvmeSubsystem", name: "tenant", id: stack.resource("tenant").id },
      ];
      await stack.destroy();

      const file = join(stack.folder, "import.json");
      writeFileSync(file, JSON.stringify({ resources: imports }));
      const options = ["--yes", "--protect=false", "--generate-code=false", "--skip-preview"];
      expect(await stack.pulumi("import", "--file", file, ...options)).toMatchObject({ code: 0 });
      stack.program = async () => {
        const idOf = (at: number): string | undefined => imports[at]?.id?.split("/").pop();
        new OpiResource("MallocVolume", "disk", { resourceId: idOf(0), ...size });
        new OpiResource("NvmeSubsystem", "tenant", { resourceId: idOf(1), nqn });
      };
      expect((await stack.preview()).changes).toEqual({});
      expect(dpu.writes().toSorted()).toEqual(["CreateMallocVolume", "CreateNvmeSubsystem"]);
      await stack.destroy();
      expect(await dpu.objects()).toEqual([]);
    });
  } finally {
    await dpu.stop();
  }
}, 60_000);
