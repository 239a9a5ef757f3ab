import { connect, type ClientHttp2Session } from "node:http2";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as tlsConnect } from "node:tls";

import { credentials, Metadata } from "@grpc/grpc-js";

import { TestClient } from "../../agent/testing/agent-under-test";
import { authority, type Authority, type Identity } from "../../provider/client/testing/certificates";
import { AgentProcess, endAll } from "./agent-process";

describe("credentials that change while the agent runs", () => {
  let folder: string;
  let ca: Authority;
  const running: AgentProcess[] = [];
  const file = (name: string): string => join(folder, name);
  /** As certbot and systemd do it: the new file takes the old one's place at once. */
  const write = (name: string, text: string): void => {
    writeFileSync(file(`${name}.new`), text);
    renameSync(file(`${name}.new`), file(name));
  };
  const install = ({ cert, key }: Identity): void => {
    write("cert.pem", cert);
    write("key.pem", key);
  };
  const start = (...flags: readonly string[]): AgentProcess => {
    const agent = new AgentProcess(["--listen", "127.0.0.1:0", ...flags], { TMPDIR: folder });
    running.push(agent);
    return agent;
  };
  const tlsFlags = (): string[] => ["--tls-cert", file("cert.pem"), "--tls-key", file("key.pem")];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "opi-rotation-test-"));
    ca = await authority();
  });
  afterEach(async () => {
    await endAll(running);
    rmSync(folder, { recursive: true });
  });

  test("a new certificate serves new connections, without a signal, and old connections go on", async () => {
    const first = await ca.issue(["127.0.0.1", "first.example"]);
    const second = await ca.issue(["127.0.0.1", "second.example"]);
    install(first);
    const agent = start(...tlsFlags());
    const address = await agent.ready();
    const old = await session(address, ca.cert);
    const client = new TestClient(address, new Metadata(), credentials.createSsl(Buffer.from(ca.cert)));
    await client.call("ListNullVolumes");
    expect(await names(address, ca.cert)).toContain("first.example");

    install(second);
    await agent.line(({ msg }) => msg === "new certificate in use");
    expect(await names(address, ca.cert)).toContain("second.example");
    expect(await ping(old)).toBe(true);
    await client.call("ListNullVolumes");
    client.close();
    old.close();
    expect(await agent.stop()).toMatchObject({ code: 0 });
  });

  test("a broken certificate is told of, and the one before stays in use until a good one comes", async () => {
    const first = await ca.issue(["127.0.0.1", "first.example"]);
    const second = await ca.issue(["127.0.0.1", "second.example"]);
    install(first);
    const agent = start(...tlsFlags());
    const address = await agent.ready();

    write("cert.pem", "no certificate");
    agent.child.kill("SIGHUP");
    const told = await agent.line(({ msg }) => msg === "new certificate cannot be used; the one before stays in use");
    expect(told).toMatchObject({
      level: "error",
      reason: expect.stringContaining("TLS: certificate, key or client CA"),
    });
    expect(await names(address, ca.cert)).toContain("first.example");

    // Certificate and key are two files: in between they do not fit.
    write("cert.pem", second.cert);
    agent.child.kill("SIGHUP");
    await agent.line(({ reason }) => String(reason).includes("mismatch"));
    expect(await names(address, ca.cert)).toContain("first.example");
    write("key.pem", second.key);
    agent.child.kill("SIGHUP");
    await agent.line(({ msg }) => msg === "new certificate in use");
    expect(await names(address, ca.cert)).toContain("second.example");

    expect((await agent.stop()).stderr).not.toContain("PRIVATE KEY");
  });

  test("the authority of clients can change: who has its certificate from the old one gets no new connection", async () => {
    const other = await authority("other CA");
    install(await ca.issue(["127.0.0.1"]));
    write("clients.pem", ca.cert);
    const agent = start(...tlsFlags(), "--tls-client-ca", file("clients.pem"));
    const address = await agent.ready();
    const as = ({ cert, key }: Identity): TestClient =>
      new TestClient(
        address,
        new Metadata(),
        credentials.createSsl(Buffer.from(ca.cert), Buffer.from(key), Buffer.from(cert)),
      );
    const alice = await ca.issue(["alice"]);
    const before = as(alice);
    await before.call("ListNullVolumes");
    before.close();

    write("clients.pem", other.cert);
    agent.child.kill("SIGHUP");
    await agent.line(({ msg }) => msg === "new certificate in use");
    const refused = as(alice);
    await expect(refused.call("ListNullVolumes")).rejects.toThrow("UNAVAILABLE");
    refused.close();
    const bob = as(await other.issue(["bob"]));
    await bob.call("ListNullVolumes");
    bob.close();
    // The log tells whose call it was.
    expect(await agent.line(({ client }) => client === "bob")).toMatchObject({ method: "ListNullVolumes", code: "OK" });
    await agent.stop();
  });

  test("a new token counts from then on, and an empty file changes nothing", async () => {
    write("token", "first-token\n");
    const agent = start("--token-file", file("token"));
    const address = await agent.ready();
    const attempt = async (token: string): Promise<string> => {
      const metadata = new Metadata();
      metadata.set("authorization", `Bearer ${token}`);
      const client = new TestClient(address, metadata);
      const answer = await client.call("ListNullVolumes").then(() => "OK", String);
      client.close();
      return answer;
    };
    expect(await attempt("first-token")).toBe("OK");
    write("token", "\n");
    agent.child.kill("SIGHUP");
    await agent.line(({ msg }) => msg === "new token cannot be used; the one before stays in use");
    expect(await attempt("first-token")).toBe("OK");
    write("token", "second-token\n");
    agent.child.kill("SIGHUP");
    await agent.line(({ msg }) => msg === "new token in use");
    expect(await attempt("first-token")).toContain("UNAUTHENTICATED");
    expect(await attempt("second-token")).toBe("OK");
    const { code, stderr } = await agent.stop();
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/(first|second)-token/);
  });
});

/** The names in the certificate that a new connection gets. */
function names(address: string, ca: string): Promise<string> {
  const [host, port] = address.split(":");
  return new Promise((resolve, reject) => {
    const socket = tlsConnect({ host, port: Number(port), ca, ALPNProtocols: ["h2"] }, () => {
      resolve(socket.getPeerCertificate().subjectaltname ?? "");
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

function session(address: string, ca: string): Promise<ClientHttp2Session> {
  return new Promise((resolve, reject) => {
    const made = connect(`https://${address}`, { ca });
    made.once("remoteSettings", () => resolve(made));
    made.once("error", reject);
  });
}

function ping(over: ClientHttp2Session): Promise<boolean> {
  return new Promise((resolve) => over.ping((error) => resolve(error === null)));
}
