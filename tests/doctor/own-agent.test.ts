import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { authority } from "../../provider/client/testing/certificates";
import type { Authority, Identity } from "../../provider/client/testing/certificates";
import { startTestAgent } from "../dynamic/agent";
import type { TestAgent, TestAgentOptions } from "../dynamic/agent";
import { doctor, findings, report } from "./command";

const TOKEN = "tok-6f1d2c9b8a7e";

let folder: string;
let ca: Authority;
let stranger: Authority;
let client: Identity;
const agents: TestAgent[] = [];

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};

async function agent(options: TestAgentOptions = {}): Promise<TestAgent> {
  const started = await startTestAgent(options);
  agents.push(started);
  return started;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "opi-doctor-"));
  [ca, stranger] = await Promise.all([authority("doctor CA"), authority("another CA")]);
  client = await ca.issue(["operator"]);
  file("ca.pem", ca.cert);
  file("stranger.pem", stranger.cert);
  file("client.pem", client.cert);
  file("client.key", client.key);
  file("token", `${TOKEN}\n`);
});

afterEach(async () => {
  await Promise.all(agents.splice(0).map((each) => each.stop()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inFolder = (name: string): string => join(folder, name);

test("an agent of ours gets no complaint, and nothing is written to it", async () => {
  const ours = await agent();
  const { report: found, said } = await report(["--agent", ours.address]);
  expect(found).toMatchObject({
    reportVersion: 1,
    verdict: "ok",
    exitCode: 0,
    connection: { reached: true, transport: "tcp", local: true, encrypted: false },
    health: { served: true, status: "SERVING" },
    reflection: { served: true },
    versions: { agent: "pulumi-opi", storageVersion: expect.stringContaining("SPDK") },
    dialect: { name: "standard", told: false, found: "standard", concurrentWrites: true },
  });
  expect(found.versions?.contract).toEqual(["opi_api.inventory.v1", "opi_api.storage.v1", "opi_ext.agent.v1"]);
  expect(found.dialect?.evidence).toEqual([{ asked: "CapabilitiesService/GetCapabilities", answered: "OK" }]);
  expect(found.calls.filter(({ outcome }) => outcome !== "answers")).toEqual([]);
  expect(found.latency.map(({ method }) => method)).toEqual(["GetNullVolume", "ListNullVolumes"]);
  expect(found.findings).toEqual([]);
  expect(found.roundTrip).toBeUndefined();
  expect(said.stderr).toBe("");
  expect(ours.writes()).toEqual([]);
});

test("what our agent refuses is told by type, with the way round", async () => {
  const ours = await agent();
  const { report: found } = await report(["--agent", ours.address]);
  const of = (noun: string) => found.resources.find((each) => each.noun === noun);
  expect(of("QosVolume")?.refused).toHaveProperty(["limits.min"], expect.stringContaining("upper limit"));
  expect(of("EncryptedVolume")?.accepted.cipher).toEqual([
    "ENCRYPTION_TYPE_AES_XTS_128",
    "ENCRYPTION_TYPE_AES_XTS_256",
  ]);
  expect(of("EncryptedVolume")?.import).toEqual({ works: "partly", why: expect.stringContaining("key") });
  expect(of("MallocVolume")?.update).toMatchObject({ works: "replaces" });
  expect(of("NvmeSubsystem")).toMatchObject({
    token: "opi:frontend:NvmeSubsystem",
    create: { works: "yes" },
    refresh: { works: "yes" },
    ignored: [],
  });
});

test("with --write a volume is made, read, changed, listed, counted and deleted, over mutual TLS with a token", async () => {
  const server = await ca.issue(["localhost", "127.0.0.1"], { days: 90 });
  const key = { ca: ca.cert, cert: client.cert, key: client.key };
  const ours = await agent({
    tls: { ...server, clientCa: ca.cert },
    token: TOKEN,
    access: { tls: key, metadata: { authorization: `Bearer ${TOKEN}` } },
  });
  const flags = ["--agent", ours.address, "--write", "--tls-ca", inFolder("ca.pem")];
  const own = ["--tls-cert", inFolder("client.pem"), "--tls-key", inFolder("client.key")];
  const { report: found, said } = await report([...flags, ...own, "--token-file", inFolder("token")]);
  expect(found.verdict).toBe("ok");
  expect(found.connection?.tls).toMatchObject({
    protocol: "TLSv1.3",
    http2: true,
    clientCertificate: "required",
    certificate: {
      subject: "CN=localhost",
      issuer: "CN=doctor CA",
      names: ["DNS:localhost", "IP Address:127.0.0.1"],
      daysLeft: expect.any(Number),
      fingerprint256: expect.stringMatching(/^([0-9A-F]{2}:){31}/),
    },
  });
  expect(found.roundTrip?.steps.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual(
    ["create", "read", "update", "list", "stats", "delete"].map((step) => `${step} works`),
  );
  expect(found.roundTrip).toMatchObject({ done: true, object: expect.stringMatching(/^nullVolumes\/doctor-\w{10}$/) });
  expect(ours.writes()).toEqual(["CreateNullVolume", "UpdateNullVolume", "DeleteNullVolume"]);
  expect(await ours.objects()).toEqual([]);
  const text = await doctor([...flags, ...own], { OPI_TOKEN: TOKEN });
  expect(text).toMatchObject({ code: 0, stderr: "" });
  expect(text.stdout).toContain("client certificate required (mutual TLS)");
  for (const output of [said.stdout, said.stderr, text.stdout]) {
    expect(output).not.toContain(TOKEN);
    expect(output).not.toContain("PRIVATE KEY");
  }
});

test("a token that is missing, or wrong, is told as that", async () => {
  const ours = await agent({ token: TOKEN, access: { metadata: { authorization: `Bearer ${TOKEN}` } } });
  const { report: without } = await report(["--agent", ours.address]);
  expect(without.exitCode).toBe(2);
  expect(findings(without, "error")).toEqual([
    "the agent does not let us in: UNAUTHENTICATED Give it a token by --token-file, or OPI_TOKEN.",
  ]);
  const { report: wrong, said } = await report(["--agent", ours.address], { OPI_TOKEN: "tok-wrong-one" });
  expect(findings(wrong, "error").join()).toContain("renew it");
  expect(said.stdout).not.toContain("tok-wrong-one");
});

describe("TLS that does not fit", () => {
  const day = 24 * 3600 * 1000;
  const cases: readonly (readonly [
    what: string,
    certificate: { readonly names?: readonly string[]; readonly from?: number; readonly days?: number } | "none",
    flags: readonly string[],
    text: RegExp,
  ])[] = [
    ["an unknown CA", {}, ["--tls-ca", "stranger.pem"], /CA that is not trusted here.*--tls-ca/],
    [
      "another server's name",
      { names: ["dpu9.example"] },
      ["--tls-ca", "ca.pem"],
      /not for 127\.0\.0\.1.*--server-name/,
    ],
    ["an expired certificate", { from: Date.now() - 9 * day, days: 2 }, ["--tls-ca", "ca.pem"], /has expired/],
    ["plain text to TLS", {}, [], /expects TLS.*Give --tls/],
    ["TLS to plain text", "none", ["--tls-ca", "ca.pem"], /speaks plain text/],
  ];
  test.each(cases)("%s makes the agent unusable, and says what to do", async (_, certificate, flags, text) => {
    const tls = certificate === "none" ? undefined : await ca.issue(certificate.names ?? ["127.0.0.1"], certificate);
    const access = { tls: { ca: ca.cert } };
    const ours = await agent(tls ? { tls, access } : {});
    const paths = flags.map((flag) => (flag.endsWith(".pem") ? inFolder(flag) : flag));
    const { report: found } = await report(["--agent", ours.address, ...paths]);
    expect(found).toMatchObject({ verdict: "unusable", exitCode: 2, connection: { reached: false } });
    expect(findings(found, "error").join()).toMatch(text);
    // What is not trusted is shown nevertheless: that is how one finds out what is wrong with it.
    if (tls && flags.length > 0) expect(found.connection?.tls?.certificate?.issuer).toBe("CN=doctor CA");
  });

  test("a certificate that expires soon is a warning, and a missing client certificate an error", async () => {
    const tls = await ca.issue(["127.0.0.1"], { days: 10 });
    const soon = await agent({ tls, access: { tls: { ca: ca.cert } } });
    const { report: expiring } = await report(["--agent", soon.address, "--tls-ca", inFolder("ca.pem")]);
    expect(expiring).toMatchObject({ verdict: "limited", connection: { tls: { clientCertificate: "notRequired" } } });
    expect(findings(expiring, "warning").join()).toMatch(/expires in \d days/);

    const mutual = await agent({
      tls: { ...tls, clientCa: ca.cert },
      access: { tls: { ca: ca.cert, cert: client.cert, key: client.key } },
    });
    const { report: without } = await report(["--agent", mutual.address, "--tls-ca", inFolder("ca.pem")]);
    expect(without.connection).toMatchObject({ reached: false, tls: { clientCertificate: "required" } });
    expect(findings(without, "error").join()).toMatch(/asks for a client certificate.*--tls-cert and --tls-key/);
  });
});

test("a unix socket is reached like any other address", async () => {
  const ours = await agent({ listen: `unix:${inFolder("agent.sock")}` });
  const { report: found } = await report(["--agent", ours.address]);
  expect(found).toMatchObject({ verdict: "ok", connection: { transport: "unix", local: true } });
});

test("volumes that an earlier round trip could not remove are named", async () => {
  const ours = await agent();
  await ours.create("NullVolume", "doctor-0123456789", { blockSize: 512, blocksCount: 2048 });
  const { report: found } = await report(["--agent", ours.address]);
  expect(found.leftovers).toEqual(["nullVolumes/doctor-0123456789"]);
  expect(findings(found, "warning").join()).toContain("an earlier round trip left nullVolumes/doctor-0123456789");
});

test("children are looked at below their parents, and the text says how many there are", async () => {
  const ours = await agent();
  await ours.create("NvmeSubsystem", "tenant", { nqn: "nqn.2014-08.org.example:tenant" });
  const controller = {
    trtype: "NVME_TRANSPORT_TYPE_PCIE",
    pcieId: { portId: 0, physicalFunction: 0, virtualFunction: 1 },
  };
  await ours.create("NvmeController", "ctrl", controller, "nvmeSubsystems/tenant");
  const { stdout, code } = await doctor(["--agent", ours.address]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/NvmeController +yes +yes +yes +1\n/);
  expect(stdout).toMatch(/^What works\n +create +read +update +delete +import +discover +refresh +stats\n/m);
  expect(stdout).toMatch(/The agent can be used\.\n$/);
});
