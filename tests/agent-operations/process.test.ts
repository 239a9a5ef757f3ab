import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

import { Metadata } from "@grpc/grpc-js";

import { startSimulator } from "../../agent/simulator";
import { JsonSplitter } from "../../agent/spdk/json-splitter";
import { PSK, TestClient } from "../../agent/testing/agent-under-test";
import { HOST_NQN, XTS_256_KEY } from "../../agent/testing/samples";
import { AgentProcess, endAll } from "./agent-process";

const volume = { nullVolume: { blockSize: 512n, blocksCount: 8n } };
/** Exists on every Linux (Linux Standard Base), owns nothing, and is nobody who runs tests. */
const NOBODY = "nobody";
const isRoot = process.geteuid?.() === 0;

describe("the agent's process", () => {
  let folder: string;
  const running: AgentProcess[] = [];
  const start = (flags: readonly string[], environment: Readonly<Record<string, string>> = {}): AgentProcess => {
    const agent = new AgentProcess(flags, { TMPDIR: folder, ...environment });
    running.push(agent);
    return agent;
  };
  const path = (name: string): string => join(folder, name);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "opi-proc-"));
  });
  afterEach(async () => {
    await endAll(running);
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    [[], "24.05"],
    [["--simulator", "26.05"], "26.05"],
  ])("plays the SPDK that it is told: %j", async (flags, version) => {
    const agent = start(["--listen", "127.0.0.1:0", ...flags]);
    await agent.ready();
    const { storage } = await agent.line(({ msg }) => msg === "listening");
    expect(storage).toContain(`simulator of SPDK v${version}`);
    await agent.stop();
  });

  test.each([
    [[], "600"],
    [["--socket-mode", "660"], "660"],
    [["--socket-mode", "0660", "--socket-group", String(process.getgid?.() ?? 0)], "660"],
  ])("opens its socket as it is told: %j", async (flags, mode) => {
    const agent = start(["--listen", `unix:${path("a.sock")}`, ...flags]);
    await agent.ready();
    expect((statSync(path("a.sock")).mode & 0o777).toString(8)).toBe(mode);
    await agent.stop();
  });

  test.each([
    [["--socket-mode", "666"], "expected 600, or 660"],
    [["--socket-mode", "060"], "expected 600, or 660"],
    [["--socket-group", "no-such-group"], "there is no such group"],
    [["--client-read-rate", "x"], "expected a whole number"],
    [["--group", "0"], "--group needs --user"],
    [["--metrics-listen", "0.0.0.0:0"], "refused to listen at 0.0.0.0:0 in plain text"],
  ])("does not start with %j", async (flags, why) => {
    const { code, stderr } = await start(["--listen", `unix:${path("a.sock")}`, ...flags]).ended;
    expect([code, stderr.includes(why) ? why : stderr]).toEqual([1, why]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("that root starts becomes another user for good; one that somebody else starts says that it cannot", async () => {
    const flags = ["--listen", `unix:${path("a.sock")}`, "--user", NOBODY, "--log-level", "debug"];
    if (!isRoot) {
      const { code, stderr } = await start(flags).ended;
      expect([code, stderr]).toEqual([1, expect.stringContaining("only root can become another user")]);
      return;
    }
    const nobody = Number(execFileSync("id", ["-u", NOBODY], { encoding: "utf8" }));
    mkdirSync(path("tmp"));
    chownSync(path("tmp"), nobody, -1);
    // The run's folder and this one are its maker's alone; the way through them is all that the agent needs.
    for (const above of [folder, dirname(folder)]) chmodSync(above, 0o711);
    const agent = start(flags, { TMPDIR: path("tmp") });
    await agent.ready();
    // Rights belong to threads (credentials(7)), and Node has several.
    const tasks = `/proc/${agent.child.pid ?? 0}/task`;
    const threads = readdirSync(tasks);
    expect(threads.length).toBeGreaterThan(1);
    for (const thread of threads) {
      const status = readFileSync(join(tasks, thread, "status"), "utf8");
      const field = (name: string): string[] =>
        new RegExp(`^${name}:\\s*(.*)$`, "m")
          .exec(status)?.[1]
          ?.split(/\s+/)
          .filter((each) => each !== "") ?? [];
      expect(new Set(field("Uid"))).toEqual(new Set([String(nobody)]));
      expect(field("Gid")).toHaveLength(4);
      expect([...field("Gid"), ...field("Groups")]).not.toContain("0");
      for (const set of ["CapPrm", "CapEff", "CapAmb"]) expect(field(set)[0]).toMatch(/^0+$/);
    }
    // The socket was opened before, by root, and is root's.
    expect(statSync(path("a.sock")).uid).toBe(0);
    const client = new TestClient(`unix:${path("a.sock")}`);
    await client.call("CreateNullVolume", volume);
    client.close();
    expect(await agent.stop()).toMatchObject({ code: 0 });
    expect(readdirSync(path("tmp"))).toEqual([]);
  });

  test("refuses a user that would keep the rights of root, or is none", async () => {
    for (const user of ["root", "0", "no-such-user"]) {
      const { code, stderr } = await start(["--listen", "127.0.0.1:0", "--user", user]).ended;
      expect(code).toBe(1);
      expect(stderr).toMatch(isRoot ? /keep the rights of root|no such user/ : /only root can become/);
    }
  });

  test("killed and started again takes its address back, and clears away what the killed one left", async () => {
    const flags = ["--listen", `unix:${path("a.sock")}`];
    const first = start(flags);
    await first.ready();
    await first.stop("SIGKILL");
    expect(existsSync(path("a.sock"))).toBe(true);
    const [left = ""] = readdirSync(folder).filter((name) => name.startsWith("pulumi-opi-agent-"));
    // As if the agent had been killed some time ago.
    utimesSync(path(join(left, "spdk.sock")), 0, 0);
    const second = start(flags);
    expect(await second.ready()).toBe(`unix:${path("a.sock")}`);
    const client = new TestClient(`unix:${path("a.sock")}`);
    await client.call("CreateNullVolume", volume);
    client.close();
    await second.stop();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("writes no key, PSK or token to its log, at its most talkative, whether calls succeed or fail", async () => {
    writeFileSync(path("token"), "canary-token\n", { mode: 0o600 });
    const flags = ["--listen", `unix:${path("a.sock")}`, "--token-file", path("token")];
    const agent = start([...flags, "--log-level", "debug"]);
    const metadata = new Metadata();
    metadata.set("authorization", "Bearer canary-token");
    const client = new TestClient(await agent.ready(), metadata);
    const attempt = (method: string, request: object): Promise<unknown> => client.call(method, request).catch(String);
    const base = { mallocVolumeId: "base", mallocVolume: { blockSize: 512n, blocksCount: 64n } };
    await client.call("CreateMallocVolume", base);
    const encrypted = { volumeNameRef: "base", cipher: 6, key: XTS_256_KEY };
    await client.call("CreateEncryptedVolume", { encryptedVolumeId: "crypt", encryptedVolume: encrypted });
    const subsystem = (psk: string) => ({
      nvmeSubsystem: { spec: { nqn: "nqn.2024-01.com.example:subsys", hostnqn: HOST_NQN, psk: Buffer.from(psk) } },
    });
    await client.call("CreateNvmeSubsystem", subsystem(PSK));
    // Twice what is there, broken keys, a field where a name belongs.
    for (let time = 0; time < 2; time++) {
      await attempt("CreateEncryptedVolume", { encryptedVolumeId: "crypt", encryptedVolume: encrypted });
      await attempt("CreateNvmeSubsystem", subsystem(PSK));
    }
    await attempt("CreateNvmeSubsystem", subsystem(PSK.replace("F3F7", "F3F8")));
    await attempt("CreateEncryptedVolume", { encryptedVolume: { ...encrypted, key: XTS_256_KEY.subarray(1) } });
    await attempt("GetNullVolume", { name: `nullVolumes/${PSK}` });
    client.close();
    const { stderr } = await agent.stop();
    expect(stderr).toContain('"verb":"accel_crypto_key_create"');
    expect(stderr).toContain('"code":"INVALID_ARGUMENT"');
    for (const secret of [
      PSK.split(":")[2],
      "canary-token",
      XTS_256_KEY.toString("hex", 0, 20),
      XTS_256_KEY.toString("base64", 0, 21),
    ])
      expect(stderr).not.toContain(secret);
  });

  test("ends at once on a second signal, though a call is under way", async () => {
    const simulator = await startSimulator({ socketPath: path("real.sock") });
    const between = await swallow("bdev_null_create", path("spdk.sock"), path("real.sock"));
    const flags = ["--listen", `unix:${path("a.sock")}`, "--spdk", `unix:${path("spdk.sock")}`];
    const agent = start([...flags, "--stop-timeout", "600", "--log-level", "debug"]);
    const client = new TestClient(await agent.ready());
    const cut = expect(client.call("CreateNullVolume", volume)).rejects.toThrow();
    await client.call("ListNullVolumes");
    agent.child.kill("SIGTERM");
    expect(await agent.line(({ msg }) => msg === "stopping")).toMatchObject({ underWay: 1 });
    expect(await agent.stop("SIGTERM")).toMatchObject({ signal: "SIGTERM" });
    await cut;
    client.close();
    await new Promise((resolve) => between.close(resolve));
    await simulator.stop();
  });

  test("tells systemd that it is ready, lives, and stops", async () => {
    // Node has no unix datagram sockets, neither to send nor to receive: systemd's tool sends, and stands aside here.
    writeFileSync(path("systemd-notify"), `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >> ${path("told")}\n`, { mode: 0o755 });
    const agent = start(["--listen", "127.0.0.1:0"], {
      PATH: `${folder}${delimiter}${process.env.PATH ?? ""}`,
      NOTIFY_SOCKET: path("notify"),
      WATCHDOG_USEC: "40000",
    });
    const address = await agent.ready();
    const told = (): string[] =>
      existsSync(path("told")) ? readFileSync(path("told"), "utf8").trim().split("\n") : [];
    while (!told().some((line) => line.endsWith("WATCHDOG=1"))) await new Promise((resolve) => setTimeout(resolve, 20));
    await agent.stop();
    const lines = told().map((line) => line.replace(`${path("notify")} `, ""));
    expect(lines[0]).toBe(`READY=1 STATUS=listening at ${address}`);
    expect(lines.at(-1)).toBe("STOPPING=1");
    expect(new Set(lines.slice(1, -1))).toEqual(new Set(["WATCHDOG=1"]));
  });

  test("works where systemd's tool is missing, and says that systemd was not told", async () => {
    const agent = start(["--listen", "127.0.0.1:0"], { PATH: folder, NOTIFY_SOCKET: path("notify") });
    await agent.ready();
    expect(await agent.line(({ msg }) => msg === "systemd could not be told")).toMatchObject({ level: "warn" });
    expect(await agent.stop()).toMatchObject({ code: 0 });
  });
});

/** Stands between an agent and SPDK, and keeps one verb's requests to itself. */
async function swallow(verb: string, from: string, to: string): Promise<Server> {
  const server = createServer((agent) => {
    const spdk = connect(to);
    const requests = new JsonSplitter();
    agent.on("data", (chunk: Buffer) => {
      for (const text of requests.push(chunk)) if (!text.includes(`"${verb}"`)) spdk.write(text);
    });
    spdk.pipe(agent);
    for (const [one, other] of [
      [agent, spdk],
      [spdk, agent],
    ] as const) {
      one.on("error", () => undefined);
      one.on("close", () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(from, resolve));
  return server;
}
