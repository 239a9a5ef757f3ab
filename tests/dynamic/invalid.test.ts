import { Server, ServerCredentials } from "@grpc/grpc-js";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { withStack, type StackOptions } from "../engine/stack";
import { startTestAgent, type TestAgent } from "./agent";
import { expectReadable, messagesOf } from "./diagnostics";
import { psk, xtsKey } from "./keys";
import { create } from "./types/instances";

const limit = 60_000;
let dpu: TestAgent;
beforeAll(async () => {
  dpu = await startTestAgent();
});
afterAll(() => dpu.stop());

interface Wrong {
  readonly what: string;
  readonly noun: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** What the user is told of the resource, whole. */
  readonly told: readonly string[];
}

const volumeNameRef = "mallocVolumes/one";
const xts256 = { volumeNameRef, cipher: "aes_xts_256" };
const nullVolume = { noun: "NullVolume", inputs: { blockSize: 512, blocksCount: 64 } };
const withAgent = (agent: unknown) => ({ ...nullVolume, inputs: { ...nullVolume.inputs, agent } });

const wrongs: readonly Wrong[] = [
  {
    what: "values outside of what is allowed, a bad id and a bad UUID",
    noun: "MallocVolume",
    inputs: { blockSize: 513, blocksCount: 0, metadataSize: 7, uuid: "no", resourceId: "A B", adopt: "perhaps" },
    told: [
      'adopt: expected true or false, got "perhaps"',
      "blockSize: expected 512 or a larger power of two, got 513",
      "blocksCount: expected 1 or more, got 0",
      "metadataSize: expected one of 0, 8, 16, 32, 64, 128, got 7",
      'resourceId: expected lower-case letters, digits and hyphens, a letter first, no hyphen last, 4 to 63 characters, got "A B"',
      'uuid: expected a UUID such as 1b4e28ba-2fa1-41d2-883f-0016d3cca427, got "no"',
    ],
  },
  {
    what: "an unknown property, a misspelt one, a missing one, and one of a wrong type",
    noun: "NullVolume",
    inputs: { blocksize: 512, blocksCount: "many", nonsense: 1 },
    told: [
      "blockSize: missing: NullVolume needs blockSize. Bytes in a logical block: 512 or a multiple of it.",
      'blocksCount: expected a whole number, got "many"',
      "blocksize: NullVolume has no such property: did you mean blockSize?",
      "nonsense: NullVolume has no such property: it has blockSize, blocksCount, uuid",
    ],
  },
  {
    what: "an output as input, bad names, and a key that was mistyped, without showing it",
    noun: "NvmeSubsystem",
    inputs: {
      nqn: "nqn.bad",
      serialNumber: "x".repeat(21),
      modelNumber: "é",
      hostnqn: 5,
      psk: `${psk("mistyped").slice(0, -2)}A:`,
      firmwareRevision: "1",
    },
    told: [
      "firmwareRevision: is told by the agent: leave it out",
      "hostnqn: expected an NVMe Qualified Name, nqn.yyyy-mm.reverse-domain:name, such as nqn.2014-08.org.example:disk-1, got 5",
      'modelNumber: expected printable ASCII characters, got "é"',
      'nqn: expected an NVMe Qualified Name, nqn.yyyy-mm.reverse-domain:name, such as nqn.2014-08.org.example:disk-1, got "nqn.bad"',
      "psk: the CRC-32 at the end of the PSK does not fit its key: a character was lost or changed",
      'serialNumber: has 21 characters, at most 20 are allowed, got "xxxxxxxxxxxxxxxxxxxxx"',
    ],
  },
  {
    what: "a property that needs another",
    noun: "NvmeSubsystem",
    inputs: { nqn: "nqn.2014-08.org.example:one", psk: psk("alone") },
    told: ["psk: needs hostnqn: set it too, or leave psk out"],
  },
  {
    what: "a bad reference, an unknown cipher, and a key that is none",
    noun: "EncryptedVolume",
    inputs: { volumeNameRef: "a/b/c", cipher: "rot13", key: "xyz" },
    told: [
      'cipher: expected one of aes_cbc_128, aes_cbc_192, aes_cbc_256, aes_xts_128, aes_xts_192, aes_xts_256 (or the full name, such as ENCRYPTION_TYPE_AES_CBC_128), got "rot13"',
      "key: expected hexadecimal digits, two for each byte: their number is odd",
      'volumeNameRef: expected the name of a NullVolume, MallocVolume, AioVolume, EncryptedVolume, QosVolume or NvmeRemoteNamespace, such as nullVolumes/volume-1, got "a/b/c"',
    ],
  },
  {
    what: "a key of another cipher's length",
    noun: "EncryptedVolume",
    inputs: { ...xts256, key: xtsKey("short", 32) },
    told: [
      "key: ENCRYPTION_TYPE_AES_XTS_256 takes 64 bytes (128 hexadecimal digits, both halves, data key first), got 64 digits",
    ],
  },
  {
    what: "a cipher that the agent's storage process has not, before anything is made",
    noun: "EncryptedVolume",
    inputs: { volumeNameRef, cipher: "aes_cbc_256", key: "ab".repeat(32) },
    told: [
      "cipher: this agent takes ENCRYPTION_TYPE_AES_XTS_128, ENCRYPTION_TYPE_AES_XTS_256, not ENCRYPTION_TYPE_AES_CBC_256",
    ],
  },
  {
    what: "a child without its parent, values deep inside, and two of which there can be one",
    noun: "NvmeController",
    inputs: {
      trtype: "pcie",
      pcieId: { portId: 0, physicalFunction: -1 },
      fabricsId: { traddr: "127.0.0.1", trsvcid: "99999", adrfam: "ipv4" },
    },
    told: [
      'fabricsId.trsvcid: expected a port, 1 to 65535, got "99999"',
      "fabricsId: cannot be set together with pcieId: at most one of pcieId, fabricsId",
      "nvmeSubsystem: missing: NvmeController needs the name of its NvmeSubsystem, such as nvmeSubsystems/subsystem-1",
      "pcieId.physicalFunction: expected 0 to 255, got -1",
      "pcieId.virtualFunction: missing: pcieId needs virtualFunction. Virtual function of the physical one, from 1; 0 is the physical function itself.",
    ],
  },
  {
    what: "limits that contradict each other",
    noun: "QosVolume",
    inputs: { volumeNameRef, limits: { max: { rdBandwidthMbs: 20, rwBandwidthMbs: 10 }, min: { rwBandwidthMbs: 30 } } },
    told: [
      "limits.max.rdBandwidthMbs: 20 is above limits.max.rwBandwidthMbs, 10",
      "limits.min.rwBandwidthMbs: 30 is above limits.max.rwBandwidthMbs, 10",
    ],
  },
  {
    what: "an address without a port",
    ...withAgent({ address: "dpu1" }),
    told: ['agent.address "dpu1" has no port; OPI agents usually listen on 50051: dpu1:50051'],
  },
  {
    what: "plain text to another machine",
    ...withAgent({ address: "dpu1.example:50051" }),
    told: ["agent.tls is missing: plain text only goes to this machine. Give tls, or set insecure to true"],
  },
  {
    what: "no agent anywhere, and a misspelt setting",
    ...withAgent({ adress: "dpu1:50051" }),
    told: [
      "agent.address is missing; give host:port, such as dpu1:50051, or unix:/path: as the resource's agent, as opi:address in the configuration, or as OPI_ADDRESS in the environment",
      "agent.adress is no setting of an agent; there are address, tls, insecure, metadata, dialect, identity, deadlines, attempts, onExisting, deleteUnreachable",
    ],
  },
  {
    what: "an agent that is no object",
    ...withAgent("dpu1:50051"),
    told: ['agent: expected an object such as { address: "dpu1:50051" }'],
  },
  {
    what: "certificates that are not there, and every other setting wrong",
    ...withAgent({
      address: "dpu1.example:50051",
      tls: { ca: "/no/such/ca.pem", cert: "nothing", key: "/none", minVersion: "SSLv3", serverName: "?" },
      dialect: "klingon",
      attempts: 0,
      deadlines: { connect: -1, coffee: 3 },
      metadata: { "bad name": "x", good: 5 },
      onExisting: "steal",
      insecure: "maybe",
      identity: "",
    }),
    told: [
      "agent.attempts is a whole number from 1 to 5",
      "agent.deadlines.coffee is none: connect, read and write are",
      "agent.deadlines.connect is a number of seconds above 0, at most 604800",
      "agent.dialect is one of auto, standard, spdk-bridge, intel, nvidia, marvell, careful",
      "agent.identity is a name that is not empty",
      "agent.insecure is true or false",
      "agent.metadata.bad name has a name with other characters than letters, digits, _ . and -",
      "agent.metadata.good is a text of printable ASCII that is not empty",
      "agent.onExisting is fail or adopt",
      'agent.tls.ca is no PEM text, and as a file "/no/such/ca.pem" it cannot be read (ENOENT)',
      'agent.tls.cert is no PEM text, and as a file "nothing" it cannot be read (ENOENT)',
      "agent.tls.key is no PEM text, and as a file it cannot be read (ENOENT)",
      "agent.tls.minVersion is TLSv1.2 or TLSv1.3",
      "agent.tls.serverName is no host name",
    ],
  },
];

/** What a preview of one resource tells, whole, without the words that the engine puts before each problem. */
async function problemsOf(
  noun: string,
  inputs: Readonly<Record<string, unknown>>,
  options: StackOptions = {},
): Promise<readonly string[]> {
  const program = async (): Promise<void> => void create(noun, "wrong", inputs);
  const plan = await withStack(program, options, (stack) => stack.preview({ fails: true }));
  expectReadable(plan);
  return messagesOf(plan, "error").map((message) => message.replace(/^.* resource 'wrong' has a problem: /, ""));
}

test.each(wrongs)(
  "preview tells of $what",
  async ({ noun, inputs, told }) => {
    expect(await problemsOf(noun, { agent: { address: dpu.address }, ...inputs })).toEqual(told);
  },
  limit,
);

test(
  "settings of configuration and environment are checked like those of a program",
  async () => {
    const wrong = {
      environment: { OPI_ADDRESS: dpu.address, OPI_ATTEMPTS: "many" },
      config: { "opi:insecure": "maybe" },
    };
    expect(await problemsOf(nullVolume.noun, nullVolume.inputs, wrong)).toEqual([
      "agent.attempts is a whole number from 1 to 5",
      "agent.insecure is true or false",
    ]);
  },
  limit,
);

test(
  "a type that the agent's dialect lacks is refused at preview",
  async () => {
    const inputs = {
      volumeNameRef,
      limits: { max: { rwBandwidthMbs: 1 } },
      agent: { address: dpu.address, dialect: "nvidia" },
    };
    expect(await problemsOf("QosVolume", inputs)).toEqual([
      "agents of dialect nvidia have no QosVolume: This vendor's bridge has no QoS volumes: set limits on the device, or in the fabric.",
    ]);
  },
  limit,
);

/** What `up` of one null volume tells, where there is something at the address, but not what is needed. */
async function failureAt(address: string): Promise<readonly string[]> {
  const program = async (): Promise<void> =>
    void create(nullVolume.noun, "lost", {
      ...nullVolume.inputs,
      resourceId: "lost",
      agent: { address, deadlines: { connect: 1 } },
    });
  const up = await withStack(program, {}, (stack) => stack.up({ fails: true }));
  expectReadable(up);
  return messagesOf(up, "error").map((message) => message.replaceAll(/localhost:\d+/g, "AGENT"));
}

test(
  "an agent without the service is named with what it lacks",
  async () => {
    const server = new Server();
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    try {
      expect(await failureAt(`127.0.0.1:${port}`)).toEqual([
        "cannot read NullVolume nullVolumes/lost on agent AGENT: The server does not implement the method " +
          "/opi_api.storage.v1.NullVolumeService/GetNullVolume (UNIMPLEMENTED)\nThe agent does not serve this call of " +
          "opi_api.storage.v1.NullVolumeService (dialect careful). Use an agent that does, or leave the resource out.",
      ]);
    } finally {
      server.forceShutdown();
    }
  },
  limit,
);

test(
  "what listens at the address, but is no agent, is not taken for one",
  async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      // A TCP server's address is an object.
      const { port } = server.address() as AddressInfo;
      expect(await failureAt(`127.0.0.1:${port}`)).toEqual([
        "cannot create NullVolume lost on agent AGENT: no gRPC connection within 1 s (UNAVAILABLE)\n" +
          "Check that what listens there is an OPI agent, and that it is not overloaded.",
      ]);
    } finally {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    }
  },
  limit,
);
