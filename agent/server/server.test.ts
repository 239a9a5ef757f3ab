import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { connect as tlsConnect, type SecureVersion } from "node:tls";

import { Client, credentials, Metadata, type MethodDefinition, type ServiceDefinition } from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";
import { service as healthService } from "grpc-health-check";
import pino from "pino";

import { authority, type Authority } from "../../provider/client/testing/certificates";
import { startAgent, type AgentOptions, type RunningAgent, type TlsOptions } from "..";
import { startSimulator } from "../simulator";
import { agentUnderTest, OTHER_PSK, PSK, TestClient } from "../testing/agent-under-test";
import { HOST_NQN, XTS_256_KEY } from "../testing/samples";
import { serviceDefinitions } from "./services";

const volume = { nullVolumeId: "null", nullVolume: { blockSize: 512n, blocksCount: 2048n } };

describe("an agent", () => {
  let folder: string;
  const running: RunningAgent[] = [];
  const start = async (options: AgentOptions): Promise<RunningAgent> => {
    const agent = await startAgent(options);
    running.push(agent);
    return agent;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "opi-server-test-"));
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((agent) => agent.stop()));
    rmSync(folder, { recursive: true });
  });

  test("names the port that it got, answers there, and leaves nothing behind", async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith("pulumi-opi-agent-"));
    const agent = await start({ listen: "127.0.0.1:0" });
    expect(agent.address).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
    const client = new TestClient(agent.address);
    await client.call("CreateNullVolume", volume);
    client.close();
    await agent.stop();
    await agent.stop();
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith("pulumi-opi-agent-"))).toEqual(before);
  });

  test("takes the place of a socket that a killed process left, and removes its own", async () => {
    const path = join(folder, "agent.sock");
    await leaveSocket(path);
    const agent = await start({ listen: `unix:${path}` });
    expect(agent.address).toBe(`unix:${path}`);
    await expect(startAgent({ listen: `unix:${path}` })).rejects.toThrow("another process listens there");
    await agent.stop();
    expect(existsSync(path)).toBe(false);
  });

  test.each([
    ["nonsense", "is none: expected host:port"],
    ["127.0.0.1:70000", "is none: expected host:port"],
    ["unix:", "a path is missing"],
    [`unix:/${"a".repeat(120)}`, "at most 107 bytes"],
    ["0.0.0.0:0", "refused to listen at 0.0.0.0:0 in plain text"],
    ["[::]:0", "in plain text"],
  ])("does not listen at %s", async (listen, why) => {
    await expect(startAgent({ listen })).rejects.toThrow(why);
  });

  test("says which address is taken, and keeps files that are no sockets", async () => {
    const { address } = await start({ listen: "127.0.0.1:0" });
    await expect(startAgent({ listen: address })).rejects.toThrow(`cannot listen at ${address}`);
    writeFileSync(join(folder, "file"), "kept");
    await expect(startAgent({ listen: `unix:${join(folder, "file")}` })).rejects.toThrow("no socket");
    expect(existsSync(join(folder, "file"))).toBe(true);
  });

  test("listens in plain text beyond loopback when that is allowed", async () => {
    const { address } = await start({ listen: "0.0.0.0:0", insecure: true });
    expect(address).toMatch(/^0\.0\.0\.0:\d+$/);
  });

  test("lets nobody in without its token, on any service", async () => {
    const { address } = await start({ listen: "127.0.0.1:0", token: "a long token" });
    const withToken = (authorization?: string): TestClient => {
      const metadata = new Metadata();
      if (authorization !== undefined) metadata.set("authorization", authorization);
      return new TestClient(address, metadata);
    };
    for (const authorization of [
      undefined,
      "a long token",
      "Bearer wrong",
      "Bearer a long tokenx",
      "bearer a long token",
    ]) {
      const client = withToken(authorization);
      await expect(client.call("CreateNullVolume", volume)).rejects.toThrow("UNAUTHENTICATED");
      await expect(client.call("GetCapabilities")).rejects.toThrow("UNAUTHENTICATED");
      client.close();
    }
    const client = withToken("Bearer a long token");
    await client.call("CreateNullVolume", volume);
    client.close();
  });

  describe("with certificates", () => {
    let ca: Authority;
    let tls: TlsOptions;
    beforeAll(async () => {
      ca = await authority();
      tls = await ca.issue(["127.0.0.1"]);
    });
    const trust = (): Buffer => Buffer.from(ca.cert);

    test("speaks TLS 1.3 and nothing older", async () => {
      const { address } = await start({ listen: "127.0.0.1:0", tls });
      const client = new TestClient(address, new Metadata(), credentials.createSsl(trust()));
      await client.call("CreateNullVolume", volume);
      client.close();
      const plain = new TestClient(address);
      await expect(plain.call("ListNullVolumes")).rejects.toThrow("UNAVAILABLE");
      plain.close();
      const port = Number(address.split(":")[1]);
      expect(await handshake(port, trust(), "TLSv1.3")).toBe("TLSv1.3");
      expect(await handshake(port, trust(), "TLSv1.2")).toMatch(/alert|version|handshake/i);
    });

    test("with an authority for clients, demands their certificates", async () => {
      const { address } = await start({ listen: "127.0.0.1:0", tls: { ...tls, clientCa: ca.cert } });
      const anonymous = new TestClient(address, new Metadata(), credentials.createSsl(trust()));
      await expect(anonymous.call("ListNullVolumes")).rejects.toThrow("UNAVAILABLE");
      anonymous.close();
      const client = await ca.issue(["client"]);
      const known = new TestClient(
        address,
        new Metadata(),
        credentials.createSsl(trust(), Buffer.from(client.key), Buffer.from(client.cert)),
      );
      expect(await known.call("ListNullVolumes")).toMatchObject({ nullVolumes: [] });
      known.close();
    });

    test("that are no certificates does not start", async () => {
      await expect(startAgent({ listen: "127.0.0.1:0", tls: { cert: "nonsense", key: tls.key } })).rejects.toThrow(
        "TLS: certificate, key or client CA cannot be used",
      );
    });
  });

  test("describes itself by server reflection", async () => {
    const { address } = await start({ listen: "127.0.0.1:0" });
    const answers = await reflect(address, [
      { listServices: "*" },
      { fileContainingSymbol: "opi_api.storage.v1.NvmePath" },
    ]);
    const services = (answers[0]?.listServicesResponse?.service ?? []).map((each) => each.name);
    expect(services.sort()).toEqual(Object.keys(serviceDefinitions).sort());
    expect(answers[1]?.fileDescriptorResponse?.fileDescriptorProto.length).toBeGreaterThan(0);
  });

  test("answers the standard health check for itself and each service", async () => {
    const { address } = await start({ listen: "127.0.0.1:0" });
    const client = new TestClient(address);
    for (const service of ["", ...Object.keys(serviceDefinitions)])
      expect(await client.unary(healthService.Check, { service })).toMatchObject({ status: "SERVING" });
    await expect(client.unary(healthService.Check, { service: "unknown" })).rejects.toThrow("NOT_FOUND");
    client.close();
  });

  test("tells what it can do, and what it refuses", async () => {
    const { address } = await start({ listen: "127.0.0.1:0", identity: "dpu-7" });
    const client = new TestClient(address);
    expect(await client.call("GetCapabilities")).toEqual({
      dialect: "standard",
      agent: "pulumi-opi",
      agentVersion: expect.stringMatching(/^\d+\.\d+\.\d+/),
      storageVersion: "SPDK v24.05",
      identity: "dpu-7",
      services: expect.arrayContaining([
        { name: "opi_api.storage.v1.FrontendNvmeService", unimplemented: [], reason: "" },
      ]),
      ciphers: ["ENCRYPTION_TYPE_AES_XTS_128", "ENCRYPTION_TYPE_AES_XTS_256"],
      unsupportedFields: expect.arrayContaining([
        expect.objectContaining({ message: "opi_api.storage.v1.NvmeController", path: "spec.min_limit" }),
        expect.objectContaining({ message: "opi_api.storage.v1.AioVolume", path: "uuid" }),
        expect.objectContaining({ message: "opi_api.storage.v1.QosVolume", path: "limits.max.rd_iops_kiops" }),
      ]),
      concurrentWrites: true,
    });
    client.close();
  });

  test("has an identity of its own that outlives a restart", async () => {
    const identities: unknown[] = [];
    for (let time = 0; time < 2; time++) {
      const agent = await start({ listen: "127.0.0.1:0" });
      const client = new TestClient(agent.address);
      identities.push((await client.call("GetCapabilities")).identity);
      client.close();
      await agent.stop();
    }
    expect(identities[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(identities[1]).toBe(identities[0]);
  });

  test("tells what its machine is made of", async () => {
    const { address } = await start({ listen: "127.0.0.1:0" });
    const client = new TestClient(address);
    const inventory = await client.call("GetInventory", { name: "inventory/dpu/inventory/all" });
    expect(inventory).toMatchObject({
      processor: { totalThreads: expect.any(Number) },
      memory: { totalUsableBytes: expect.any(BigInt) },
      system: { vendor: expect.any(String) },
    });
    await expect(client.call("GetInventory", { name: "inventory" })).rejects.toThrow("INVALID_ARGUMENT: name");
    client.close();
  });

  test("refuses to start without the SPDK that it is told to use", async () => {
    await expect(startAgent({ listen: "127.0.0.1:0", spdk: `unix:${join(folder, "none.sock")}` })).rejects.toThrow(
      `cannot reach SPDK at unix:${join(folder, "none.sock")}`,
    );
  });
});

test("an agent whose SPDK goes away says so, still tells what it can do, and works again when SPDK is back", async () => {
  const agent = await agentUnderTest({ timeoutMs: 200 });
  await agent.call("CreateNullVolume", volume);
  await agent.simulator.stop();
  await expect(agent.call("GetNullVolume", { name: "nullVolumes/null" })).rejects.toThrow(
    /UNAVAILABLE: GetNullVolume nullVolumes\/null: SPDK cannot be reached/,
  );
  await expect(agent.call("CreateNullVolume", { ...volume, nullVolumeId: "other" })).rejects.toThrow("UNAVAILABLE");
  expect(await agent.call("GetCapabilities")).toMatchObject({ dialect: "standard", storageVersion: "" });

  const back = await startSimulator({ socketPath: agent.simulator.socketPath });
  // It tries again at growing distances; meanwhile calls keep saying that SPDK is not there.
  let answer: string;
  do answer = await agent.call("GetNullVolume", { name: "nullVolumes/null" }).then(() => "found", String);
  while (answer.includes("UNAVAILABLE"));
  expect(answer).toContain("DATA_LOSS");
  await agent.call("CreateNullVolume", { ...volume, nullVolumeId: "other" });
  await agent.stop();
  await back.stop();
});

test("neither logs nor errors ever hold a key", async () => {
  const lines: string[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  const agent = await agentUnderTest({ logger: pino({ level: "trace" }, sink) });
  const errors: string[] = [];
  const attempt = (method: string, request: object): Promise<unknown> =>
    agent.call(method, request).catch((error: unknown) => errors.push(String(error)));
  const base = { mallocVolumeId: "base", mallocVolume: { blockSize: 512n, blocksCount: 64n } };
  const encrypted = (key: Buffer): object => ({
    encryptedVolumeId: "crypt",
    encryptedVolume: { volumeNameRef: "base", cipher: 6, key },
  });
  const subsystem = (psk: string): object => ({
    nvmeSubsystemId: "subsys",
    nvmeSubsystem: { spec: { nqn: "nqn.2024-01.com.example:subsys", hostnqn: HOST_NQN, psk: Buffer.from(psk) } },
  });
  const remote = (psk: string): object => ({
    nvmeRemoteControllerId: "remote",
    nvmeRemoteController: { multipath: 1, tcp: { psk: Buffer.from(psk) } },
  });
  const damaged = PSK.replace("F3F7HK", "F3F7HL");

  await agent.call("CreateMallocVolume", base);
  await attempt("CreateEncryptedVolume", encrypted(XTS_256_KEY.subarray(1)));
  await attempt("CreateEncryptedVolume", encrypted(XTS_256_KEY));
  await attempt("CreateEncryptedVolume", encrypted(XTS_256_KEY));
  await attempt("CreateNvmeSubsystem", subsystem(damaged));
  await attempt("CreateNvmeSubsystem", subsystem(PSK));
  await attempt("CreateNvmeSubsystem", subsystem(PSK));
  await attempt("CreateNvmeRemoteController", remote(damaged));
  await attempt("CreateNvmeRemoteController", remote(OTHER_PSK));
  await attempt("CreateNvmePath", {
    parent: "nvmeRemoteControllers/remote",
    nvmePath: {
      trtype: 4,
      traddr: "192.0.2.20",
      fabrics: { trsvcid: 4420n, subnqn: "nqn.2019-06.io.example:remote", adrfam: 1 },
    },
  });
  await agent.stop();

  expect(errors).toHaveLength(6);
  expect(lines.length).toBeGreaterThan(9);
  const said = [...lines, ...errors].join("\n");
  for (const secret of [PSK, OTHER_PSK, damaged].map((psk) => psk.split(":")[2])) expect(said).not.toContain(secret);
  for (const form of ["hex", "base64"] as const)
    expect(said).not.toContain(XTS_256_KEY.subarray(0, 32).toString(form).slice(0, 40));
});

/** A socket that no process answers on: it is closed under another name than it has. */
async function leaveSocket(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(`${path}.first`, resolve));
  renameSync(`${path}.first`, path);
  await new Promise((resolve) => server.close(resolve));
}

interface ReflectionAnswer {
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] };
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly unknown[] };
}

/** The library brings the definition of its service only when it adds it to a server. */
function reflectionMethod(): MethodDefinition<object, ReflectionAnswer> {
  let found: MethodDefinition<object, ReflectionAnswer> | undefined;
  new ReflectionService({}).addToServer({
    addService: (definition: ServiceDefinition) => {
      found ??= Object.values(definition)[0] as MethodDefinition<object, ReflectionAnswer>;
    },
  });
  return found!;
}

function reflect(address: string, questions: readonly object[]): Promise<readonly ReflectionAnswer[]> {
  const client = new Client(address, credentials.createInsecure());
  const { path, requestSerialize, responseDeserialize } = reflectionMethod();
  return new Promise((resolve, reject) => {
    const answers: ReflectionAnswer[] = [];
    const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
    stream.on("data", (answer: ReflectionAnswer) => answers.push(answer));
    stream.on("error", reject);
    stream.on("end", () => {
      client.close();
      resolve(answers);
    });
    for (const question of questions) stream.write(question);
    stream.end();
  });
}

function handshake(port: number, ca: Buffer, version: SecureVersion): Promise<string> {
  return new Promise((resolve) => {
    const socket = tlsConnect({
      port,
      host: "127.0.0.1",
      ca,
      minVersion: version,
      maxVersion: version,
      ALPNProtocols: ["h2"],
    });
    socket.once("secureConnect", () => {
      resolve(String(socket.getProtocol()));
      socket.destroy();
    });
    socket.once("error", (error: Error) => resolve(error.message));
  });
}
