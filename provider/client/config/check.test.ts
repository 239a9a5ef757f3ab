import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { authority } from "../testing/certificates";
import type { Authority, Identity } from "../testing/certificates";
import type { AgentConfig, TlsConfig } from "../agent";
import { checkConfig } from "./check";

let ca: Authority;
let client: Identity;
let folder: string;

beforeAll(async () => {
  ca = await authority();
  client = await ca.issue(["client"]);
  folder = mkdtempSync(join(tmpdir(), "opi-check-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const failures = (config: object) =>
  Object.fromEntries(checkConfig(config as AgentConfig).map(({ property, reason }) => [property, reason]));
const tlsFailures = (tls: TlsConfig) => failures({ address: "dpu1:50051", tls });

test("a usable configuration has no failures", () => {
  expect(failures({ address: "localhost:50051" })).toEqual({});
  expect(failures({ address: "unix:/run/opi.sock" })).toEqual({});
  expect(failures({ address: "dpu1:50051", insecure: true })).toEqual({});
  expect(tlsFailures({})).toEqual({});
  expect(tlsFailures({ ca: ca.cert, ...client, serverName: "dpu1", minVersion: "TLSv1.2" })).toEqual({});
});

test("certificates and keys can be files", () => {
  const path = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const tls = { ca: path("ca.pem", ca.cert), cert: path("c.pem", client.cert), key: path("k.pem", client.key) };
  expect(tlsFailures(tls)).toEqual({});
});

test("plain text to another machine needs insecure", () => {
  expect(failures({ address: "dpu1:50051" })).toEqual({ "agent.tls": expect.stringContaining("insecure") });
});

test("the prefix of the property paths is the caller's", () => {
  expect(checkConfig({ address: "" }, "")).toEqual([{ property: "address", reason: expect.any(String) }]);
});

test("a client certificate and its key come together", async () => {
  expect(tlsFailures({ cert: client.cert })).toEqual({ "agent.tls.key": expect.stringContaining("is missing") });
  expect(tlsFailures({ key: client.key })).toEqual({ "agent.tls.cert": expect.stringContaining("is missing") });
  const other = await ca.issue(["other"]);
  expect(tlsFailures({ cert: client.cert, key: other.key })).toEqual({
    "agent.tls.key": expect.stringContaining("does not belong"),
  });
});

test("expired, future, garbled and missing certificates are told apart", async () => {
  const day = 24 * 3600 * 1000;
  const expired = await ca.issue(["client"], { from: Date.now() - 10 * day, days: 5 });
  const future = await ca.issue(["client"], { from: Date.now() + 10 * day });
  const garbled = client.cert.replace(/\n[A-Za-z0-9+/]{10}/, "\nAAAAAAAAAA");
  expect(tlsFailures(expired)).toEqual({ "agent.tls.cert": expect.stringContaining("expired on") });
  expect(tlsFailures(future)).toEqual({ "agent.tls.cert": expect.stringContaining("is not valid before") });
  expect(tlsFailures({ ca: garbled })).toEqual({ "agent.tls.ca": expect.stringContaining("cannot be decoded") });
  expect(tlsFailures({ ca: client.key })).toEqual({ "agent.tls.ca": expect.stringContaining("no PEM certificate") });
  expect(tlsFailures({ ca: join(folder, "none.pem") })).toEqual({ "agent.tls.ca": expect.stringContaining("ENOENT") });
  expect(tlsFailures({ ca: folder })).toEqual({ "agent.tls.ca": expect.stringContaining("EISDIR") });
});

test("a bundle of CAs may hold an expired one beside a good one", async () => {
  const expired = await ca.issue(["old CA"], { from: 0, days: 1 });
  expect(tlsFailures({ ca: `${expired.cert}\n${ca.cert}` })).toEqual({});
  expect(tlsFailures({ ca: expired.cert })).toEqual({
    "agent.tls.ca": expect.stringContaining("no valid certificate"),
  });
});

test("a key never shows in what is said of it", () => {
  const bare = client.key.replace(/-----[^-]+-----/g, "").trim();
  const oneLine = bare.replace(/\s/g, "");
  for (const key of [
    bare,
    oneLine,
    `${client.key.slice(0, 60)}…`,
    client.key.replace("PRIVATE", "ENCRYPTED PRIVATE"),
  ]) {
    const said = JSON.stringify(tlsFailures({ cert: client.cert, key }));
    expect(said).toContain("agent.tls.key");
    expect(said).not.toContain(oneLine.slice(0, 20));
  }
});

test("metadata is checked by name, and its values are not told", () => {
  const said = failures({
    address: "localhost:1",
    metadata: {
      "x y": "ok",
      "grpc-timeout": "1",
      "key-bin": "x",
      "x-empty": "",
      "x-newline": "s3cret\n",
      "x-good": "ok",
    },
  });
  expect(Object.keys(said)).toEqual(
    ["x y", "grpc-timeout", "key-bin", "x-empty", "x-newline"].map((n) => `agent.metadata.${n}`),
  );
  expect(JSON.stringify(said)).not.toContain("s3cret");
});

test("programs without types get words for wrong types too", () => {
  const said = failures({
    address: 5,
    tls: "yes",
    insecure: "true",
    metadata: "token",
    dialect: {},
    identity: " ",
    deadlines: { connect: 0, read: "5", wait: 3 },
    attempts: 9,
    onExisting: true,
    deleteUnreachable: 1,
  });
  expect(Object.keys(said).sort()).toEqual(
    [
      "address",
      "attempts",
      "deadlines.connect",
      "deadlines.read",
      "deadlines.wait",
      "deleteUnreachable",
      "dialect",
      "identity",
      "insecure",
      "metadata",
      "onExisting",
      "tls",
    ].map((path) => `agent.${path}`),
  );
});
