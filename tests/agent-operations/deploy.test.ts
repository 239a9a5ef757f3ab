import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { load } from "js-yaml";

import { startSimulator } from "../../agent/simulator";
import { agentCommand } from "../../cli/agent/command";
import { authority } from "../../provider/client/testing/certificates";
import { AgentProcess, endAll } from "./agent-process";

const ROOT = join(__dirname, "../..");
const text = (file: string): string => readFileSync(join(ROOT, file), "utf8");

/** Lines of a unit as systemd reads them: no comments, continued lines joined. */
function settings(unit: string): readonly (readonly [string, string])[] {
  const lines = unit.replaceAll(/^[#;].*\n/gm, "").replaceAll(/\\\n\s*/g, "");
  return lines.split("\n").flatMap((line) => {
    const at = line.indexOf("=");
    return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
  });
}

/** Lines of a Containerfile, continued ones joined, without the stages' flags. */
function instructions(file: string): readonly string[] {
  return file
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .filter((line) => line !== "");
}

const agentUnit = settings(text("deploy/pulumi-opi-agent.service"));
const setting = (name: string): string | undefined => agentUnit.find(([key]) => key === name)?.[1];
const unitWords = (setting("ExecStart") ?? "").split(/\s+/);
const image = instructions(text("deploy/Containerfile"));
const imageWords = JSON.parse(image.find((line) => line.startsWith("CMD "))?.slice("CMD ".length) ?? "[]") as string[];

/** Every command line of the agent that the documentation shows, in blocks and within sentences. */
function documented(file: string): readonly string[][] {
  const blocks = [...text(file).matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = ""]) =>
    block.replaceAll(/\\\n\s*/g, " "),
  );
  const inline = [...text(file).matchAll(/`(?:npx )?(pulumi-opi agent [^`\n]*)`/g)].map(([, words = ""]) => words);
  return [...blocks.flatMap((block) => block.split("\n")), ...inline]
    .flatMap((line) => /(?:^|\s)(?:pulumi-opi|pulumi-opi-agent) agent\b([^#|&>]*)/.exec(line)?.[1] ?? [])
    .map((words) =>
      words
        .trim()
        .split(/\s+/)
        .filter((word) => word !== "" && word !== "--help"),
    );
}

/** Reads flags as the command does, without starting anything. */
async function accept(words: readonly string[]): Promise<void> {
  await agentCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
    .action(() => undefined)
    .parseAsync(words, { from: "user" });
}

describe("flags that drift from the command are found", () => {
  test("in the unit", async () => {
    expect(unitWords.slice(0, 2)).toEqual(["/usr/local/bin/pulumi-opi", "agent"]);
    await accept(unitWords.slice(2));
  });

  test("in the image", async () => {
    expect(image).toContain('ENTRYPOINT ["node", "/app/dist/cli/main.js"]');
    expect(imageWords[0]).toBe("agent");
    await accept(imageWords.slice(1));
  });

  test.each(["deploy/README.md", "docs/agent.md", "README.md"])("in %s", async (file) => {
    const commands = documented(file);
    expect(commands.length).toBeGreaterThan(0);
    for (const words of commands) await accept(words);
  });

  test("because a flag that is none is refused", async () => {
    await expect(accept(["--no-such-flag"])).rejects.toThrow("unknown option");
  });

  test("and every flag of the command is explained in docs/agent.md", () => {
    const doc = text("docs/agent.md");
    const flags = agentCommand().options.map(({ long }) => long ?? "");
    expect(flags.filter((flag) => flag !== "" && !doc.includes(flag))).toEqual([]);
  });
});

describe("the unit", () => {
  test("is right in the eyes of systemd, where there is one", () => {
    const found = spawnSync("systemd-analyze", ["--version"]);
    const folder = mkdtempSync(join(tmpdir(), "opi-unit-"));
    // The programs of the units need not be installed where the tests run.
    for (const name of ["pulumi-opi-agent.service", "spdk-tgt.service"])
      writeFileSync(
        join(folder, name),
        text(`deploy/${name}`).replaceAll(/^(ExecStart)=\S+/gm, `$1=${process.execPath}`),
      );
    const units = ["pulumi-opi-agent.service", "spdk-tgt.service"].map((name) => join(folder, name));
    const said =
      found.error === undefined
        ? spawnSync("systemd-analyze", ["verify", "--man=no", ...units], { encoding: "utf8" })
        : undefined;
    rmSync(folder, { recursive: true });
    expect(
      said?.stderr.split("\n").filter((line) => line.includes(folder) || line.includes("pulumi-opi")) ?? [],
    ).toEqual([]);
    expect(said?.status ?? 0).toBe(0);
  });

  test("agrees with the agent: how it tells that it is ready, where its folders are, whom it may signal", () => {
    expect(setting("Type")).toBe("notify");
    expect(setting("NotifyAccess")).toBe("all");
    expect(Number(setting("TimeoutStopSec"))).toBeGreaterThan(5);
    const value = (flag: string): string | undefined => unitWords[unitWords.indexOf(flag) + 1];
    expect(value("--state-dir")).toBe(`/var/lib/${setting("StateDirectory") ?? ""}`);
    expect(value("--run-dir")).toBe(`/run/${setting("RuntimeDirectory") ?? ""}`);
    expect(setting("RuntimeDirectoryPreserve")).toBe("yes");
    const [credential] = (setting("LoadCredential") ?? "").split(":");
    expect(value("--state-key-file")).toBe(`\${CREDENTIALS_DIRECTORY}/${credential ?? ""}`);
    const spdk = settings(text("deploy/spdk-tgt.service"));
    const socket = /--rpc-socket (\S+)/.exec(spdk.find(([key]) => key === "ExecStart")?.[1] ?? "")?.[1];
    expect(value("--spdk")).toBe(`unix:${socket ?? ""}`);
  });
});

describe("the image", () => {
  test("copies what is there, and nothing that it does not need", () => {
    const sources = image
      .filter((line) => line.startsWith("COPY ") && !line.includes("--from="))
      .flatMap((line) => line.split(" ").slice(1, -1));
    expect(sources).toContain("agent");
    expect(sources.filter((source) => !existsSync(join(ROOT, source)))).toEqual([]);
  });

  test("runs scripts that the package has", () => {
    const { scripts } = JSON.parse(text("package.json")) as { readonly scripts: Readonly<Record<string, string>> };
    const used = [...image.join("\n").matchAll(/npm run ([\w:-]+)/g)].map(([, name = ""]) => name);
    expect(used).toEqual(["generate", "build"]);
    for (const name of used) expect(Object.keys(scripts)).toContain(name);
  });

  test("is not root's, and asks the agent itself how it is", () => {
    expect(image).toContain("USER node");
    const health = image.find((line) => line.startsWith("HEALTHCHECK")) ?? "";
    const address = imageWords[imageWords.indexOf("--metrics-listen") + 1] ?? "";
    expect(health).toContain(`http://${address}/readyz`);
  });

  test("and its compose file mount the same folders at the same paths inside and outside", () => {
    interface Compose {
      readonly services: {
        readonly agent: { readonly volumes: readonly string[]; readonly build: { readonly dockerfile: string } };
      };
    }
    const { agent } = (load(text("deploy/compose.yaml")) as Compose).services;
    expect(existsSync(join(ROOT, agent.build.dockerfile))).toBe(true);
    for (const volume of agent.volumes) {
      const [outside, inside] = volume.split(":");
      expect(inside).toBe(outside);
    }
    for (const folder of ["/run/spdk", "/run/pulumi-opi-agent", "/var/lib/pulumi-opi-agent", "/etc/pulumi-opi-agent"])
      expect(agent.volumes.some((volume) => volume.startsWith(`${folder}:`))).toBe(true);
  });
});

describe("the very flags of", () => {
  let folder: string;
  const running: AgentProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "opi-d-"));
  });
  afterEach(async () => {
    await endAll(running);
    rmSync(folder, { recursive: true });
  });

  test.each([
    ["the unit", unitWords.slice(2)],
    ["the image", imageWords.slice(1)],
  ])("%s start an agent on a simulated SPDK", async (_what, words) => {
    for (const inside of ["run/spdk", "etc/pulumi-opi-agent"]) mkdirSync(join(folder, inside), { recursive: true });
    const simulator = await startSimulator({ socketPath: join(folder, "run/spdk/spdk.sock") });
    const ca = await authority();
    const { cert, key } = await ca.issue(["127.0.0.1"]);
    const file = (name: string, content: string): void =>
      writeFileSync(join(folder, "etc/pulumi-opi-agent", name), content);
    file("tls.crt", cert);
    file("tls.key", key);
    file("clients.crt", ca.cert);
    writeFileSync(join(folder, "state.key"), "ab".repeat(32), { mode: 0o600 });
    // The same words, in folders of the test's own and at free ports.
    const moved = words.map((word) =>
      word
        .replace(/^(unix:)?(?=\/(run|etc|var)\/)/, (scheme) => `${scheme}${folder}`)
        .replace("${CREDENTIALS_DIRECTORY}", folder)
        .replace(/:(50051|9464)$/, ":0"),
    );
    const agent = new AgentProcess(moved, { TMPDIR: folder });
    running.push(agent);
    expect(await agent.ready()).toMatch(/^0\.0\.0\.0:\d+$/);
    const answer = await fetch(`http://${await agent.metricsAddress()}/readyz`);
    expect(answer.status).toBe(200);
    expect(await agent.stop()).toMatchObject({ code: 0 });
    await simulator.stop();
  });
});
