import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { extract, list } from "tar";
import { version } from "../../package.json";
import { archive, platforms } from "../../tools/packaging/archive";
import { bundleInto } from "../../tools/packaging/bundle";
import { startTestAgent } from "../dynamic/agent";
import { runCli } from "../engine/cli";
import { withStack } from "../engine/stack";
import { OpiResource } from "../plugin/plugin";

let folder: string;
let bundle: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "opi-dist-"));
  bundle = join(folder, "bundle");
  await bundleInto(bundle);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function unpacked(name: string): Promise<string> {
  const target = mkdtempSync(join(folder, `${name}-`));
  await extract({ file: await archive(bundle, "linux-amd64", target), cwd: target });
  return target;
}

/** Starts the plugin with nothing but Node, and ends it once it has told its port. */
async function portOf(plugin: string): Promise<string> {
  const env = { PATH: dirname(process.execPath) + ":/usr/bin:/bin" };
  const child = spawn(join(plugin, "pulumi-resource-opi"), [], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  const [port] = (await once(createInterface(child.stdout), "line")) as [string];
  // The compiled code is kept a moment after the start.
  for (let tries = 0; tries < 100 && cachesIn(plugin).length === 0; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill("SIGTERM");
  await closed;
  return port;
}

const cachesIn = (plugin: string): readonly string[] => readdirSync(plugin).filter((name) => name.endsWith(".cache"));

test("there is an archive for each platform, with a launcher that it can run and nothing of the repository's", async () => {
  for (const platform of platforms) {
    const file = await archive(bundle, platform, folder);
    expect(file).toBe(join(folder, `pulumi-resource-opi-v${version}-${platform}.tar.gz`));
    const names: string[] = [];
    await list({ file, onReadEntry: ({ path }) => void names.push(path) });
    const launcher = platform.startsWith("windows") ? "pulumi-resource-opi.cmd" : "pulumi-resource-opi";
    const rest = ["main.js", "provider.js", "provider.js.LEGAL.txt", "schema.json", "LICENSE"];
    expect(names).toEqual([launcher, ...rest]);
  }
  expect(readFileSync(join(bundle, "provider.js"), "utf8")).not.toContain(dirname(dirname(__dirname)));
});

test("the archives are portable: plain files of no owner and no date, the same for each platform but for the launcher", async () => {
  const contents = new Map<string, Set<string>>();
  for (const platform of platforms) {
    const target = mkdtempSync(join(folder, `${platform}-`));
    const file = await archive(bundle, platform, target);
    const again = await archive(bundle, platform, mkdtempSync(join(folder, "again-")));
    expect(readFileSync(again).equals(readFileSync(file))).toBe(true);
    const entries: (readonly unknown[])[] = [];
    await list({
      file,
      onReadEntry: ({ path, type, mode, uid, mtime }) => {
        entries.push([path, type, (mode ?? 0) & 0o777, uid ?? 0, mtime?.getTime()]);
      },
    });
    for (const [path, type, mode, uid, time] of entries) {
      expect([path, type, mode, uid, time]).toEqual([
        path,
        "File",
        path === "pulumi-resource-opi" ? 0o755 : 0o644,
        0,
        0,
      ]);
    }
    await extract({ file, cwd: target });
    for (const [path] of entries) {
      const text = readFileSync(join(target, String(path)), "utf8");
      contents.set(String(path), (contents.get(String(path)) ?? new Set()).add(text));
    }
  }
  expect([...contents].filter(([, texts]) => texts.size > 1)).toEqual([]);
});

test("the bundle needs nothing but Node's own modules, and holds no code of one platform", () => {
  for (const file of ["provider.js", "main.js"]) {
    const code = readFileSync(join(bundle, file), "utf8");
    const required = [...code.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name = ""]) => name);
    expect(required.length).toBeGreaterThan(0);
    expect(required.filter((name) => !isBuiltin(name))).toEqual([]);
    expect(code).not.toMatch(/process\.dlopen|\.node"\)/);
  }
});

test("the launchers are files that their systems take: lines end as they must there, and all is ASCII", () => {
  const unix = readFileSync(join(bundle, "pulumi-resource-opi"), "latin1");
  expect(unix).toMatch(/^#!\/bin\/sh\n[\n\x20-\x7e]*$/);
  expect(spawnSync("/bin/sh", ["-n", join(bundle, "pulumi-resource-opi")]).status).toBe(0);
  // The command interpreter loses its place in files whose lines end otherwise.
  const windows = readFileSync(join(bundle, "pulumi-resource-opi.cmd"), "latin1");
  expect(windows).toMatch(/^@echo off\r\n(?:[\x20-\x7e]*\r\n)*$/);
  // Beside itself, wherever it is started from, with all that the engine gives it.
  expect(windows).toContain('node "%~dp0main.js" %*');
});

test("the licences of all that is bundled go along", () => {
  const legal = readFileSync(join(bundle, "provider.js.LEGAL.txt"), "utf8");
  const named = [...legal.matchAll(/^(\S+) \d+\.\d+\.\d+\S* \(.+\)$/gm)].map(([, name]) => name);
  expect(named).toEqual(
    expect.arrayContaining(["@bufbuild/protobuf", "@grpc/grpc-js", "@pulumi/pulumi", "google-protobuf"]),
  );
  expect(named).toEqual(expect.arrayContaining(["async-mutex", "long", "proper-lockfile", "protobufjs", "retry"]));
  for (const words of [
    "Apache License",
    "Permission is hereby granted",
    "Redistributions of source code",
    "Blue Oak",
  ]) {
    expect(legal).toContain(words);
  }
});

test("the first start keeps V8's compiled code for this Node, and a spoilt copy of it does no harm", async () => {
  const plugin = await unpacked("cache");
  expect(await portOf(plugin)).toMatch(/^\d+$/);
  expect(cachesIn(plugin)).toEqual([`provider-${process.version}-${process.arch}.cache`]);
  const cache = join(plugin, cachesIn(plugin)[0] ?? "");
  writeFileSync(cache, "spoilt");
  expect(await portOf(plugin)).toMatch(/^\d+$/);
});

test("without Node, or with one that is too old, the launcher says what is needed", async () => {
  const plugin = await unpacked("node");
  // The tools that the script itself calls, and no node beside them.
  const tools = mkdtempSync(join(folder, "tools-"));
  spawnSync("ln", ["-s", "/usr/bin/dirname", "/usr/bin/readlink", tools]);
  const none = spawnSync("/bin/sh", [join(plugin, "pulumi-resource-opi")], { env: { PATH: tools }, encoding: "utf8" });
  expect(none).toMatchObject({ status: 1, stdout: "", stderr: expect.stringContaining("no node on PATH") });
  const pretend = 'Object.defineProperty(process.versions, "node", { value: "18.20.0" }); require("./main.js")';
  const old = spawnSync(process.execPath, ["-e", pretend], { cwd: plugin, encoding: "utf8" });
  expect(old).toMatchObject({ status: 1, stdout: "", stderr: expect.stringContaining("Node 20 or newer is needed") });
});

test("pulumi installs the archive, and a program outside the repository is run with the plugin from there", async () => {
  const file = await archive(bundle, "linux-amd64", folder);
  const agent = await startTestAgent();
  const program = (): Promise<void> => {
    new OpiResource("NullVolume", "first", { blockSize: 512, blocksCount: 2048 });
    return Promise.resolve();
  };
  try {
    await withStack(program, { config: { "opi:address": agent.address } }, async (stack) => {
      const missing = await stack.preview({ fails: true });
      expect(missing.stdout + missing.stderr).toContain("opi");
      const install = ["plugin", "install", "resource", "opi", version, "--file", file];
      const installed = await runCli(install, { cwd: stack.folder, environment: stack.environment });
      expect(installed).toMatchObject({ code: 0 });
      expect((await stack.up()).changes).toMatchObject({ first: ["create"] });
      expect(await agent.objects()).toEqual([expect.stringMatching(/^nullVolumes\/first-/)]);
      await stack.destroy();
    });
    expect(await agent.objects()).toEqual([]);
  } finally {
    await agent.stop();
  }
}, 120_000);

test("pulumi fetches the archive for its platform from a server that offers it under its own name", async () => {
  const file = await archive(bundle, "linux-amd64", folder);
  const asked: string[] = [];
  const server = createServer(({ url = "" }, answer) => {
    asked.push(url);
    answer.end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server's address is an object.
  const { port } = server.address() as AddressInfo;
  try {
    await withStack(
      () => Promise.resolve(),
      {},
      async (stack) => {
        const install = [
          "plugin",
          "install",
          "resource",
          "opi",
          version,
          "--server",
          `http://127.0.0.1:${port}/plugins`,
        ];
        const installed = await runCli(install, { cwd: stack.folder, environment: stack.environment });
        expect(installed).toMatchObject({ code: 0 });
        const plugins = join(stack.environment.PULUMI_HOME ?? "", "plugins");
        expect(readdirSync(join(plugins, `resource-opi-v${version}`))).toEqual(expect.arrayContaining(["main.js"]));
      },
    );
    const [system, machine] = [process.platform, process.arch === "x64" ? "amd64" : process.arch];
    expect(asked).toEqual([`/plugins/pulumi-resource-opi-v${version}-${system}-${machine}.tar.gz`]);
    expect(platforms).toContain(`${system}-${machine}`);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}, 60_000);
