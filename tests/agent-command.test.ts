import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { TestClient } from "../agent/testing/agent-under-test";

const ROOT = join(__dirname, "..");

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `pulumi-opi agent` as it is installed, in a process of its own. */
class Run {
  private readonly child: ChildProcess;
  private out = "";
  private errors = "";
  readonly ended: Promise<Ended>;
  readonly firstLine: Promise<string>;

  constructor(flags: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, [join(ROOT, "dist/cli/main.js"), "agent", ...flags], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { stdout, stderr } = this.child;
    if (stdout === null || stderr === null) throw new Error("no pipes");
    stdout.on("data", (chunk: Buffer) => (this.out += chunk.toString()));
    stderr.on("data", (chunk: Buffer) => (this.errors += chunk.toString()));
    this.firstLine = new Promise((resolve) => createInterface(stdout).once("line", resolve));
    this.ended = new Promise((resolve) =>
      this.child.once("close", (code) => resolve({ code, stdout: this.out, stderr: this.errors })),
    );
  }

  stop(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }
}

describe("pulumi-opi agent", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "opi-command-test-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test.each<NodeJS.Signals>(["SIGTERM", "SIGINT"])(
    "says where it listens, serves, and leaves nothing behind on %s",
    async (signal) => {
      const socket = join(folder, "agent.sock");
      const run = new Run(["--listen", `unix:${socket}`], { TMPDIR: folder });
      expect(await run.firstLine).toBe(`unix:${socket}`);
      const client = new TestClient(`unix:${socket}`);
      await client.call("CreateNullVolume", { nullVolume: { blockSize: 512n, blocksCount: 8n } });
      client.close();
      const { code, stdout, stderr } = await run.stop(signal);
      expect([code, stdout]).toEqual([0, `unix:${socket}\n`]);
      for (const line of stderr.trim().split("\n")) expect(JSON.parse(line)).toHaveProperty("msg");
      expect(existsSync(socket)).toBe(false);
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  test("ends with a clear message for what cannot work", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const port = (taken.address() as AddressInfo).port;
    const here = ["--listen", "127.0.0.1:0"];
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [["--nope"], /unknown option '--nope'/],
      [["--listen", "nowhere"], /listen address "nowhere" is none/],
      [["--listen", `127.0.0.1:${port}`], new RegExp(`cannot listen at 127\\.0\\.0\\.1:${port}`)],
      [[...here, "--tls-cert", "/none.pem", "--tls-key", "/none.key"], /--tls-cert \/none\.pem: cannot be read/],
      [[...here, "--spdk", `unix:${folder}/none.sock`], /cannot reach SPDK at unix:.*none\.sock/],
      [["--listen", "0.0.0.0:0"], /in plain text/],
    ];
    const ends = await Promise.all(cases.map(([flags]) => new Run(flags, { TMPDIR: folder }).ended));
    for (const [at, { code, stdout, stderr }] of ends.entries()) {
      expect(stderr).toMatch(cases[at]?.[1] ?? /^$/);
      expect([code, stdout]).toEqual([1, ""]);
    }
    await new Promise((resolve) => taken.close(resolve));
    expect(readdirSync(folder)).toEqual([]);
  });
});
