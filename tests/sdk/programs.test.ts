import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { sdkFolder, succeed } from "../../tools/sdkgen/sdkgen";
import { startTestAgent, type TestAgent } from "../dynamic/agent";
import { withProject, type Project } from "../engine/project";
import { pluginFolder } from "../plugin/plugin";
import { installSdk, pythonEnvironment } from "./python";

const repository = resolve(__dirname, "../..");
const examples = join(repository, "examples");

/** The first time compiles Pulumi's Go SDK and fetches Python packages. */
jest.setTimeout(20 * 60 * 1000);

/** Both halves differ, as XTS demands. */
const key = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" + "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9";

let agent: TestAgent;
let folder: string;
beforeEach(async () => {
  agent = await startTestAgent();
  folder = mkdtempSync(join(tmpdir(), "opi-programs-"));
});
afterEach(async () => {
  await agent.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("the TypeScript example, with the generated SDK, goes through its life by the CLI", async () => {
  const sdk = join(folder, "sdk");
  const tsc = join(repository, "node_modules/typescript/bin/tsc");
  const types = ["--typeRoots", join(repository, "node_modules/@types")];
  await succeed(process.execPath, [tsc, "-p", join(sdkFolder, "nodejs"), "--outDir", sdk, ...types], folder, 300);
  cpSync(join(sdkFolder, "nodejs/package.json"), join(sdk, "package.json"));
  await withProject(join(examples, "typescript"), {}, async (project) => {
    cpSync(sdk, join(project.folder, "node_modules/@pulumi-opi/opi"), { recursive: true });
    await live(project);
  });
});

test("the Python example, with the generated SDK, goes through its life by the CLI", async () => {
  const { python } = await pythonEnvironment();
  const installed = await installSdk(folder);
  const environment = { PYTHONPATH: installed, PYTHONDONTWRITEBYTECODE: "1" };
  await withProject(join(examples, "python"), { environment }, async (project) => {
    const settings = readFileSync(join(project.folder, "Pulumi.yaml"), "utf8");
    project.write({ "Pulumi.yaml": settings.replace("virtualenv: venv", `virtualenv: ${resolve(python, "../..")}`) });
    await live(project);
  });
});

test("the Go example, with the generated SDK, goes through its life by the CLI", async () => {
  await withProject(join(examples, "go"), {}, async (project) => {
    const module = readFileSync(join(project.folder, "go.mod"), "utf8");
    project.write({ "go.mod": module.replace("../../sdk/go", join(sdkFolder, "go")) });
    await live(project);
  });
});

/** What a user does with an example: set it up, look, make it so, look again, take it down. */
async function live(project: Project): Promise<void> {
  const settings = readFileSync(join(project.folder, "Pulumi.yaml"), "utf8");
  const plugins = `plugins:\n  providers:\n    - name: opi\n      path: ${pluginFolder}\n`;
  writeFileSync(join(project.folder, "Pulumi.yaml"), `${settings}${plugins}`);
  await run(project, "stack", "init", "dev");
  await run(project, "config", "set", "opi:address", agent.address);
  await run(project, "config", "set", "--secret", "volumeKey", key);

  expect(await run(project, "preview")).toContain("+ 6 to create");
  expect(await agent.objects()).toEqual([]);

  const up = await run(project, "up", "--yes");
  expect(up).toContain("+ 6 created");
  expect(up).not.toContain(key);
  const outputs = JSON.parse(await run(project, "stack", "output", "--json")) as Record<string, unknown>;
  expect(outputs).toEqual({ diskName: expect.any(String), disks: 1, firmware: "24.05" });
  const objects = await agent.objects();
  expect(objects).toHaveLength(5);
  expect(objects).toContain(outputs.diskName);
  expect(agent.keysHandedOver()).toEqual([key]);

  await run(project, "preview", "--expect-no-changes");
  expect(await run(project, "destroy", "--yes")).toContain("- 6 deleted");
  expect(await agent.objects()).toEqual([]);
}

async function run(project: Project, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await project.pulumi(...args);
  if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${stdout}\n${stderr}`);
  return stdout;
}
