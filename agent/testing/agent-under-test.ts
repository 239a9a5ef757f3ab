import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Client, credentials, Metadata, status, type MethodDefinition, type ServiceError } from "@grpc/grpc-js";

import { startAgent, type AgentOptions, type RunningAgent } from "..";
import { copy } from "../contract/message";
import { serviceDescriptor } from "../contract/descriptors";
import { defaultRemotes, REMOTE_NQN } from "../default-remotes";
import { serviceDefinitions } from "../server/services";
import { startSimulator, type RemoteTarget, type Simulator, type SpdkVersionName } from "../simulator";
import { SpdkClient, type SpdkCaller } from "../spdk";

/** Valid PSKs in interchange format: 32 bytes of 0x61 and of 0x62, retained with SHA-256. */
export const PSK = "NVMeTLSkey-1:01:YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWF3F7HK:";
export const OTHER_PSK = "NVMeTLSkey-1:01:YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmLUSf1H:";

export const SECURE_REMOTE: RemoteTarget = {
  trtype: "TCP",
  traddr: "192.0.2.20",
  trsvcid: "4420",
  subnqn: REMOTE_NQN,
  psk: PSK,
  namespaces: [{ nsid: 1, blockSize: 512, blocksCount: 2048 }],
};

export type Message = Readonly<Record<string, unknown>>;

/** An error answer as tests compare it: `NOT_FOUND: nullVolumes/x does not exist`. */
export class Refused extends Error {
  constructor({ code, details }: ServiceError) {
    super(`${status[code]}: ${details}`);
  }
}

/** Calls any method of the contract by name, with requests that hold only what matters. */
export class TestClient {
  private readonly client: Client;

  constructor(
    address: string,
    private readonly metadata = new Metadata(),
    channel = credentials.createInsecure(),
  ) {
    this.client = new Client(address, channel);
  }

  call(method: string, request: object = {}): Promise<Message> {
    const [service, definition] = methodOf(method);
    const descriptor = serviceDescriptor(service).methods.find((each) => each.name === method);
    return this.unary(definition, copy(descriptor?.input.typeName ?? "", request));
  }

  unary(definition: MethodDefinition<object, object>, request: object): Promise<Message> {
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(
        definition.path,
        definition.requestSerialize,
        definition.responseDeserialize,
        request,
        this.metadata,
        (error, response) => {
          if (error === null) resolve(withoutUnknown(response as Message));
          else reject(new Refused(error));
        },
      );
    });
  }

  close(): void {
    this.client.close();
  }
}

function methodOf(method: string): [string, MethodDefinition<object, object>] {
  const local = method.charAt(0).toLowerCase() + method.slice(1);
  for (const [service, definition] of Object.entries(serviceDefinitions)) {
    // The map of services leaves out the message types; all of them are objects.
    const found = definition[local] as MethodDefinition<object, object> | undefined;
    if (found !== undefined) return [service, found];
  }
  throw new Error(`the contract has no method ${method}`);
}

/** The generated code keeps unknown fields beside the known; no test here is about those. */
function withoutUnknown<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => withoutUnknown(item)) as T;
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "_unknownFields")
      .map(([key, inner]) => [key, withoutUnknown(inner as unknown)]),
  ) as T;
}

let played: SpdkVersionName = "24.05";

/** From now on, agents under test work on that SPDK: whole files of tests run on each. */
export function playSpdk(version: SpdkVersionName): void {
  played = version;
}

export function playedSpdk(): SpdkVersionName {
  return played;
}

/** An agent over a simulated SPDK, with a look behind it. */
export interface AgentUnderTest extends TestClient {
  readonly agent: RunningAgent;
  readonly simulator: Simulator;
  /** Straight to the simulator, past the agent. */
  readonly spdk: SpdkClient;
  readonly folder: string;
  /** Everything that SPDK and the agent's folders hold, volatile values aside. */
  snapshot(): Promise<Message>;
  stop(): Promise<void>;
}

export interface Setup extends Partial<AgentOptions> {
  /** Stands between the agent and SPDK. */
  readonly between?: (spdk: SpdkCaller) => SpdkCaller;
  /** How long the agent waits for SPDK. */
  readonly timeoutMs?: number;
}

export async function agentUnderTest(setup: Setup = {}): Promise<AgentUnderTest> {
  const { between, timeoutMs, simulator: simulated, ...options } = setup;
  const folder = await mkdtemp(join(tmpdir(), "opi-agent-test-"));
  const simulator = await startSimulator({
    socketPath: join(folder, "spdk.sock"),
    version: played,
    remotes: [...defaultRemotes, SECURE_REMOTE],
    ...simulated,
  });
  const spdk = new SpdkClient(simulator.socketPath, { timeoutMs });
  const runFolder = join(folder, "run");
  const agent = await startAgent({
    listen: `unix:${join(folder, "agent.sock")}`,
    spdk: between?.(spdk) ?? spdk,
    runFolder,
    ...options,
  });
  const client = new TestClient(agent.address);
  return Object.assign(client, {
    agent,
    simulator,
    spdk,
    folder,
    snapshot: () => snapshot(spdk, runFolder),
    stop: async () => {
      client.close();
      await agent.stop();
      await spdk.close();
      await simulator.stop();
      await rm(folder, { recursive: true });
    },
  });
}

export async function snapshot(spdk: SpdkClient, runFolder: string): Promise<Message> {
  const sorted = async (verb: string, key: string, params?: object): Promise<readonly unknown[]> =>
    (await spdk.call<readonly Record<string, unknown>[]>(verb, params)).toSorted((a, b) =>
      String(a[key]) < String(b[key]) ? -1 : 1,
    );
  const state = {
    bdevs: await sorted("bdev_get_bdevs", "name"),
    cryptoKeys: await sorted("accel_crypto_keys_get", "name"),
    keyring: await sorted("keyring_get_keys", "name"),
    subsystems: await sorted("nvmf_get_subsystems", "nqn"),
    remotes: await sorted("bdev_nvme_get_controllers", "name"),
    vhost: await sorted("vhost_get_controllers", "ctrlr"),
    files: (await readdir(runFolder, { recursive: true })).sort(),
  };
  // A connection that was taken down and made again has another id.
  return JSON.parse(JSON.stringify(state, (key, value: unknown) => (key === "cntlid" ? 0 : value))) as Message;
}
