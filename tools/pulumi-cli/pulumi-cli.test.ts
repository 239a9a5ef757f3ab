import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { runBounded } from "./bounded";
import { provideCompanions } from "./companions";
import { isAtLeast, pinnedVersion, versionOf } from "./release";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tools-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function executable(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

test.each([
  ["3.250.0", "3.250.0", true],
  ["3.250.1-alpha.7", "3.250.0", true],
  ["3.1000.0", "3.250.0", true],
  ["4.0.0", "3.250.0", true],
  ["3.249.9", "3.250.0", false],
  ["2.300.0", "3.250.0", false],
])("version %s compared with %s is recent enough: %s", (version, minimum, expected) => {
  expect(isAtLeast(version, minimum)).toBe(expected);
});

test("the version of an executable is what it says, and undefined when it is missing or fails", () => {
  expect(versionOf(executable("good", "echo v3.251.0"))).toBe("3.251.0");
  expect(versionOf(executable("bad", "echo v3.251.0; exit 1"))).toBeUndefined();
  expect(versionOf(join(folder, "missing"))).toBeUndefined();
});

test("the pinned version is the one that go.mod builds", () => {
  const module = readFileSync(join(__dirname, "go.mod"), "utf8");
  expect(module).toContain(`github.com/pulumi/pulumi/pkg/v3 v${pinnedVersion}`);
});

test("a bounded run ends with all that it started when its limit is reached", async () => {
  const pidFile = join(folder, "pid");
  const script = executable("tree", `sleep 600 & echo $! > ${pidFile}; wait`);
  const run = await runBounded({ command: script, args: [], limitSeconds: 1 });
  expect(run).toMatchObject({ ok: false, output: expect.stringContaining("stopped after 1 s") });
  const state = spawnSync("ps", ["-o", "stat=", "-p", readFileSync(pidFile, "utf8").trim()], { encoding: "utf8" });
  // Ended, or ended and not yet collected by the system.
  expect(state.stdout.trim()).toMatch(/^(Z.*)?$/);
});

test("companions are written where there are none, and never over official ones", () => {
  const cli = join(folder, "elsewhere", "pulumi");
  const path = process.env.PATH;
  process.env.PATH = "";
  try {
    provideCompanions(folder, cli);
    expect(readdirSync(folder).sort()).toEqual([
      "pulumi-language-go",
      "pulumi-language-nodejs",
      "pulumi-language-python",
      "pulumi-resource-pulumi-nodejs",
    ]);
    const official = executable("pulumi-language-nodejs", "echo official");
    provideCompanions(folder, cli);
    expect(readFileSync(official, "utf8")).toContain("echo official");
  } finally {
    process.env.PATH = path;
  }
});

test("ours step back once an official companion is on PATH", () => {
  const official = mkdtempSync(join(folder, "official-"));
  const path = process.env.PATH;
  process.env.PATH = "";
  try {
    provideCompanions(folder, join(folder, "pulumi"));
    writeFileSync(join(official, "pulumi-language-nodejs"), "#!/bin/sh\n", { mode: 0o755 });
    process.env.PATH = official;
    provideCompanions(folder, join(folder, "pulumi"));
    expect(existsSync(join(folder, "pulumi-language-nodejs"))).toBe(false);
    expect(existsSync(join(folder, "pulumi-resource-pulumi-nodejs"))).toBe(true);
  } finally {
    process.env.PATH = path;
  }
});

describe("tools/locked", () => {
  const locked = resolve(__dirname, "../locked");

  test("lets one command run after the other, and passes its exit code on", async () => {
    const log = join(folder, "log");
    const step = `echo in >> ${log}; sleep 0.3; echo out >> ${log}; exit 7`;
    const codes = await Promise.all(
      [1, 2, 3].map(async () => {
        const child = spawn(locked, [join(folder, "lock"), "sh", "-c", step], { stdio: "ignore" });
        const [code] = (await once(child, "close")) as [number];
        return code;
      }),
    );
    expect(codes).toEqual([7, 7, 7]);
    expect(readFileSync(log, "utf8")).toBe("in\nout\n".repeat(3));
    expect(existsSync(join(folder, "lock"))).toBe(false);
  });

  test("takes a lock over whose holder was killed", () => {
    const gone = spawnSync("sh", ["-c", "echo $$"], { encoding: "utf8" }).stdout.trim();
    symlinkSync(gone, join(folder, "lock"));
    const run = spawnSync(locked, [join(folder, "lock"), "echo", "mine"], { encoding: "utf8", timeout: 10_000 });
    expect(run.stdout).toBe("mine\n");
    expect(readdirSync(folder)).toEqual([]);
  });
});
