import { ServerCredentials, status } from "@grpc/grpc-js";
import { createServer as createTlsServer } from "node:tls";
import type { TlsOptions } from "node:tls";
import type { AddressInfo, Socket } from "node:net";
import { typeByNoun } from "../catalogue";
import { closeAll, connect, OpiError } from ".";
import type { TlsConfig } from ".";
import { authority } from "./testing/certificates";
import type { Authority, Identity } from "./testing/certificates";
import { startServer } from "./testing/server";
import type { TestServer } from "./testing/server";

let ca: Authority;
let otherCa: Authority;
let server: Identity;
let client: Identity;
const stops: (() => Promise<void> | void)[] = [];

beforeAll(async () => {
  [ca, otherCa] = await Promise.all([authority("our CA"), authority("their CA")]);
  server = await ca.issue(["localhost", "127.0.0.1"]);
  client = await ca.issue(["client"]);
});

afterEach(async () => {
  closeAll();
  for (const stop of splice(stops)) await stop();
});

const splice = <T>(list: T[]): T[] => list.splice(0);
const ANSWER = { GetNullVolume: () => ({ name: "nullVolumes/a" }) };

async function serve(credentials: ServerCredentials): Promise<TestServer> {
  const started = await startServer(ANSWER, { credentials });
  stops.push(() => started.stop());
  return started;
}
const tlsCredentials = ({ cert, key }: Identity, clientCa?: string) =>
  ServerCredentials.createSsl(
    clientCa === undefined ? null : Buffer.from(clientCa),
    [{ cert_chain: Buffer.from(cert), private_key: Buffer.from(key) }],
    clientCa !== undefined,
  );

/** A listener of which only the handshake matters. */
async function handshakeOnly(options: TlsOptions): Promise<string> {
  const sockets: Socket[] = [];
  const listener = createTlsServer({ ALPNProtocols: ["h2"], ...options }).listen(0, "127.0.0.1");
  listener.on("connection", (socket: Socket) => sockets.push(socket));
  listener.on("tlsClientError", () => undefined);
  await new Promise((resolve) => listener.once("listening", resolve));
  stops.push(() => {
    sockets.forEach((socket) => socket.destroy());
    listener.close();
  });
  return `127.0.0.1:${(listener.address() as AddressInfo).port}`;
}

async function said(address: string, tls?: TlsConfig): Promise<string> {
  const agent = connect({ address, tls, dialect: "standard", deadlines: { connect: 2 } });
  try {
    const answer = await agent.get(typeByNoun("NullVolume"), "nullVolumes/a");
    return `answered ${String(answer.name)}`;
  } catch (error) {
    if (!(error instanceof OpiError)) throw error;
    expect(error.code).toBe(status.UNAVAILABLE);
    return error.message;
  }
}
const ANSWERED = "answered nullVolumes/a";

test("TLS, mutual TLS and a server name of one's own work", async () => {
  const plain = await serve(tlsCredentials(server));
  expect(await said(plain.address, { ca: ca.cert })).toBe(ANSWERED);
  const mutual = await serve(tlsCredentials(server, ca.cert));
  expect(await said(mutual.address, { ca: ca.cert, ...client })).toBe(ANSWERED);
  const elsewhere = await serve(tlsCredentials(await ca.issue(["dpu1.example"])));
  expect(await said(elsewhere.address, { ca: ca.cert, serverName: "dpu1.example" })).toBe(ANSWERED);
});

test("TLS works over a unix socket", async () => {
  const started = await startServer(ANSWER, { credentials: tlsCredentials(server), unix: true });
  stops.push(() => started.stop());
  expect(await said(started.address, { ca: ca.cert })).toBe(ANSWERED);
});

test("a certificate of an unknown CA", async () => {
  const { address } = await serve(tlsCredentials(server));
  expect(await said(address, { ca: otherCa.cert })).toMatch(/CA that is not trusted here[^]*agent\.tls\.ca/);
  expect(await said(address, {})).toMatch(/CA that is not trusted here[^]*agent\.tls\.ca/);
});

test("a certificate for another name", async () => {
  const { address } = await serve(tlsCredentials(await ca.issue(["dpu1.example"])));
  expect(await said(address, { ca: ca.cert })).toMatch(/is not for 127\.0\.0\.1[^]*serverName/);
  expect(await said(address, { ca: ca.cert, serverName: "dpu2.example" })).toMatch(/is not for dpu2\.example/);
});

test("an expired certificate, and one of the future", async () => {
  const day = 24 * 3600 * 1000;
  const expired = await ca.issue(["127.0.0.1"], { from: Date.now() - 9 * day, days: 3 });
  expect(await said((await serve(tlsCredentials(expired))).address, { ca: ca.cert })).toMatch(/has expired/);
  const future = await ca.issue(["127.0.0.1"], { from: Date.now() + 9 * day });
  expect(await said((await serve(tlsCredentials(future))).address, { ca: ca.cert })).toMatch(/not valid yet[^]*clocks/);
});

test("a client certificate that is missing, and one that the agent does not trust", async () => {
  const { address } = await serve(tlsCredentials(server, ca.cert));
  expect(await said(address, { ca: ca.cert })).toMatch(/asks for a client certificate[^]*agent\.tls\.cert/);
  const stranger = await otherCa.issue(["client"]);
  expect(await said(address, { ca: ca.cert, ...stranger })).toMatch(/refuses our client certificate/);
});

test("plain text to a TLS agent, and TLS to one in plain text", async () => {
  const secure = await serve(tlsCredentials(server));
  expect(await said(secure.address)).toMatch(/expects TLS[^]*agent\.tls/);
  const plain = await serve(ServerCredentials.createInsecure());
  expect(await said(plain.address, { ca: ca.cert })).toMatch(/speaks plain text/);
});

test("plain text to an agent with mutual TLS", async () => {
  const { address } = await serve(tlsCredentials(server, ca.cert));
  expect(await said(address)).toMatch(/expects TLS[^]*agent\.tls/);
});

test("a TLS version below the minimum, which can be lowered by name", async () => {
  const address = await handshakeOnly({ ...server, minVersion: "TLSv1.2", maxVersion: "TLSv1.2" });
  expect(await said(address, { ca: ca.cert })).toMatch(/does not speak TLSv1\.3[^]*TLSv1\.2/);
  const message = await said(address, { ca: ca.cert, minVersion: "TLSv1.2" });
  expect(message).not.toMatch(/does not speak/);
});

test("no key or certificate gets into what is said", async () => {
  const { address } = await serve(tlsCredentials(server, ca.cert));
  const stranger = await otherCa.issue(["client"]);
  const message = await said(address, { ca: ca.cert, ...stranger });
  for (const pem of [stranger.key, stranger.cert, ca.cert]) expect(message).not.toContain(pem.split("\n")[1]);
});
