import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { succeed } from "../../tools/sdkgen/sdkgen";
import type { TestAgent } from "../dynamic/agent";
import { withStack } from "../engine/stack";
import { withPlugin } from "../plugin/plugin";
import { discover } from "./command";
import { startUsedAgent, type Keys } from "./mixed";
import { parsed, troubles } from "../schema/yaml-program";

const repository = resolve(__dirname, "../..");

interface Import {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly parent?: string;
  readonly provider?: string;
}

let agent: TestAgent;
let keys: Keys;
let folder: string;

beforeAll(async () => {
  ({ agent, keys } = await startUsedAgent());
  folder = mkdtempSync(join(tmpdir(), "opi-discover-"));
}, 60_000);

afterAll(async () => {
  await agent.stop();
  rmSync(folder, { recursive: true, force: true });
});

const importsIn = (text: string): readonly Import[] => (JSON.parse(text) as { resources: readonly Import[] }).resources;

test("every object is in the import file once, under its resource name and a name of its own", async () => {
  const said = await discover(["--agent", agent.address]);
  expect(said).toMatchObject({ code: 0, stderr: expect.stringMatching(/^\d+ objects on /) });
  const imports = importsIn(said.stdout);
  expect(imports.map(({ id }) => id).sort()).toEqual([...(await agent.objects())].sort());
  expect(imports.length).toBeGreaterThan(90);
  expect(new Set(imports.map(({ name }) => name)).size).toBe(imports.length);
});

test("names are ids; where these are not unique, they begin with the parent's or the kind's", async () => {
  const imports = importsIn((await discover(["--agent", agent.address])).stdout);
  const nameOf = (id: string): string | undefined => imports.find((each) => each.id === id)?.name;
  expect(nameOf("mallocVolumes/tenant-3-disk")).toBe("tenant-3-disk");
  expect(nameOf("nvmeSubsystems/tenant-0/nvmeControllers/ctrl")).toBe("ctrl");
  expect(nameOf("nvmeSubsystems/tenant-1/nvmeControllers/ctrl")).toBe("tenant-1-ctrl");
  const scsi = ["virtioScsiControllers/tenant-0-scsi", "virtioScsiTargets/tenant-0-scsi"].map(nameOf).sort();
  expect(scsi).toEqual(["tenant-0-scsi", expect.stringMatching(/^virtio-scsi-\w+-tenant-0-scsi$/)]);
});

test("parents come before children, and what is referred to before what refers to it", async () => {
  const imports = importsIn((await discover(["--agent", agent.address])).stdout);
  const place = (name: string): number => imports.findIndex((each) => each.name === name);
  for (const [at, { parent }] of imports.entries()) if (parent) expect(place(parent)).toBeLessThan(at);
  const byId = (id: string): number => imports.findIndex((each) => each.id === id);
  const chain = ["mallocVolumes/tenant-0-disk", "encryptedVolumes/tenant-0-secret", "qosVolumes/tenant-0-limited"];
  const order = [...chain, "nvmeSubsystems/tenant-0/nvmeNamespaces/data"].map(byId);
  expect(order).toEqual([...order].sort((a, b) => a - b));
});

test("an explicit provider is named by its URN, and a text that is none is refused", async () => {
  const urn = "urn:pulumi:dev::storage::pulumi:providers:opi::dpu0";
  const said = await discover(["--agent", agent.address, "--provider", urn]);
  expect(JSON.parse(said.stdout)).toMatchObject({ nameTable: { dpu0: urn } });
  expect(importsIn(said.stdout).every(({ provider }) => provider === "dpu0")).toBe(true);
  const wrong = await discover(["--agent", agent.address, "--provider", "dpu0"]);
  expect(wrong).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining("--provider dpu0: expected the URN"),
  });
});

test("the TypeScript program type-checks, and refers to resources by variable and to keys by configuration", async () => {
  const { stdout } = await discover(["--agent", agent.address, "--program", "ts"]);
  writeFileSync(join(folder, "index.ts"), stdout);
  const paths = {
    "@pulumi-opi/opi": [join(repository, "sdk/nodejs/index.ts")],
    "@pulumi/pulumi": [join(repository, "node_modules/@pulumi/pulumi")],
  };
  const types = { types: ["node"], typeRoots: [join(repository, "node_modules/@types")] };
  const strict = { strict: true, noEmit: true, target: "ES2022", module: "nodenext", skipLibCheck: true };
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { ...strict, ...types, paths }, files: ["index.ts"] }),
  );
  await succeed(process.execPath, [join(repository, "node_modules/typescript/bin/tsc"), "-p", folder], folder, 120);
  expect(stdout).toContain("volumeNameRef: tenant0Limited.name,");
  expect(stdout).toContain('const tenant0SecretKey = config.requireSecret("tenant0SecretKey");');
  expect(stdout).toContain("key: tenant0SecretKey,");
  expect(stdout).not.toMatch(/volumeNameRef: "/);
  expect(stdout).toContain("If it has a psk, add it as a secret: no agent tells it.");
}, 120_000);

test("the YAML program is valid by the provider's schema, refers to resources and keys too, and holds no key", async () => {
  const { stdout } = await discover(["--agent", agent.address, "--program", "yaml"]);
  const program = parsed(stdout);
  expect(troubles(program)).toEqual([]);
  expect(Object.keys(program.resources)).toHaveLength((await agent.objects()).length);
  expect(program.config?.tenant0SecretKey).toEqual({ type: "string", secret: true });
  expect(program.resources.ctrl?.options).toEqual({ parent: "${tenant0}" });
  expect(stdout).toContain("volumeNameRef: ${tenant0Limited.name}");
  expect(stdout).toContain("key: ${tenant0SecretKey}");
  for (const key of keys.values()) expect(stdout).not.toContain(key);
});

test("an agent that is not there, or not named, is an error that says what to do", async () => {
  const dead = await discover(["--agent", "127.0.0.1:1"], { OPI_CONNECT_DEADLINE: "1" });
  expect(dead).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining("localhost:1: connection refused"),
  });
  const none = await discover([]);
  expect(none).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("Give --agent host:port, or set OPI_ADDRESS"),
  });
});

test("a file that cannot be written is an error that names it", async () => {
  const said = await discover(["--agent", agent.address, "--out", join(folder, "missing", "import.json")]);
  expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining("cannot be written: ENOENT") });
});

test("pulumi import takes the file, and a preview of the program is empty once the keys are filled in", async () => {
  const file = join(folder, "import.json");
  expect(await discover(["--agent", agent.address, "--out", file])).toMatchObject({ code: 0, stdout: "" });
  const program = await discover(["--agent", agent.address, "--program", "ts"]);
  await withStack(programIn(program.stdout), withPlugin(agent.address), async (stack) => {
    for (const [name, key] of keys) {
      const variable = /const (\w+) = new opi\.middleend\.EncryptedVolume\("(.*)",/g;
      const match = [...program.stdout.matchAll(variable)].find(([, , pulumiName]) =>
        name.endsWith(`/${pulumiName ?? ""}`),
      );
      await stack.setConfig(`${match?.[1] ?? ""}Key`, key, { secret: true });
    }
    const options = ["--yes", "--protect=false", "--generate-code=false", "--skip-preview"];
    const imported = await stack.pulumi("import", "--file", file, ...options);
    expect(imported).toMatchObject({ code: 0 });
    const before = agent.writes().length;
    const completed = await stack.up();
    expect(
      Object.values(completed.changes)
        .flat()
        .filter((op) => op !== "update"),
    ).toEqual([]);
    expect((await stack.preview()).changes).toEqual({});
    expect(agent.writes()).toHaveLength(0);
    expect(before).toBeGreaterThan(0);
    await stack.destroy();
  });
  expect(await agent.objects()).toEqual([]);
}, 180_000);

/** The printed program, run as it is with the generated SDK. */
function programIn(text: string): () => Promise<void> {
  return async () => {
    await Promise.resolve();
    const source = text.replace(/^import \* as (\w+) from "(.*)";$/gm, 'const $1 = load("$2");');
    // The program is TypeScript without a type in it, so it is JavaScript too.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const run = new Function("load", source) as (load: (name: string) => unknown) => void;
    run((name) => (name === "@pulumi/pulumi" ? pulumi : sdk()));
  };
}

function sdk(): unknown {
  // Compiled by jest as it is read; its package is not installed here.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require("../../sdk/nodejs") as unknown;
}
