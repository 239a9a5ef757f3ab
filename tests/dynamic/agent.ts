import { status } from "@grpc/grpc-js";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { startAgent, type AgentOptions } from "../../agent";
import { startSimulator, type RemoteTarget } from "../../agent/simulator";
import { SpdkClient, type SpdkCaller, type SpdkCallOptions } from "../../agent/spdk";
import { catalogue, typeByNoun, type ResourceType } from "../../provider/catalogue";
import { withValueAt, type Properties } from "../../provider/catalogue/values/property";
import { messageOf, propertiesOf } from "../../provider/catalogue/values/wire";
import { connect, OpiError, type Agent, type AgentConfig } from "../../provider/client";
import { inputFields, leaves } from "../../provider/lifecycle/fields";

/** An embedded agent on its simulator, and a way to look at it and meddle with it behind Pulumi's back. */
export interface TestAgent {
  readonly address: string;
  /** The provider's own client, with nothing of Pulumi above it. */
  readonly client: Agent;
  /** Properties of an object as the agent has it now; undefined when it has none of that name. */
  find(noun: string, name: string): Promise<Properties | undefined>;
  create(noun: string, id: string, properties: Properties, parent?: string): Promise<void>;
  /** Sets the values at these property paths, and only these. */
  change(noun: string, name: string, values: Properties): Promise<void>;
  remove(noun: string, name: string): Promise<void>;
  /** Names of all objects of all types. */
  objects(): Promise<readonly string[]>;
  /** Calls that wrote something, `CreateNullVolume`, in the order in which they ended, since this was last asked. */
  writes(): readonly string[];
  /** Keys and PSKs that it has handed to SPDK: it never tells them to its clients. */
  keysHandedOver(): readonly string[];
  /** All that it has logged, in its most talkative form. */
  log(): string;
  stop(): Promise<void>;
}

export interface TestAgentOptions extends Partial<Omit<AgentOptions, "spdk" | "simulator" | "logger">> {
  /** NVMe-oF targets and local devices that paths can lead to. */
  readonly remotes?: readonly RemoteTarget[];
  /** Comes between the agent and SPDK: may wait, or throw what SPDK is to answer. */
  readonly beforeSpdk?: (method: string, params: object) => Promise<void> | void;
  /** Comes when SPDK has answered, before the agent hears of it. */
  readonly afterSpdk?: (method: string, params: object) => Promise<void> | void;
  /** What clients need beside the address. */
  readonly access?: Partial<AgentConfig>;
}

export async function startTestAgent(options: TestAgentOptions = {}): Promise<TestAgent> {
  const { remotes, access, beforeSpdk, afterSpdk, ...agentOptions } = options;
  const folder = mkdtempSync(join(tmpdir(), "dpu-"));
  const simulator = await startSimulator({ socketPath: join(folder, "spdk.sock"), remotes });
  const spdk = new SpdkClient(simulator.socketPath);
  const keys: string[] = [];
  const lines: string[] = [];
  const past: string[] = [];
  const logger = pino({ level: "trace" }, { write: (line: string) => void lines.push(line) });
  const running = await startAgent({
    listen: "127.0.0.1:0",
    runFolder: join(folder, "run"),
    ...agentOptions,
    logger,
    spdk: noting(spdk, keys, { beforeSpdk, afterSpdk }),
  });
  const client = connect({ address: running.address, ...access });

  const find = async (noun: string, name: string): Promise<Properties | undefined> => {
    const type = typeByNoun(noun);
    try {
      return propertiesOf(type, await client.get(type, name));
    } catch (error) {
      if (error instanceof OpiError && error.code === status.NOT_FOUND) return undefined;
      throw error;
    }
  };
  return {
    address: running.address,
    client,
    find,
    create: async (noun, id, properties, parent) => {
      const type = typeByNoun(noun);
      await client.create(type, { id, parent, body: messageOf(type, properties) });
    },
    change: async (noun, name, values) => {
      const type = typeByNoun(noun);
      let wish = (await find(noun, name)) ?? {};
      for (const [path, value] of Object.entries(values)) wish = withValueAt(wish, path, value);
      const mask = leaves(inputFields(type)).filter((field) => field.property in values);
      await client.update(
        type,
        messageOf(type, wish, name),
        mask.map((field) => field.path),
      );
    },
    remove: (noun, name) => client.delete(typeByNoun(noun), name),
    objects: () => objectsOf(client),
    writes: () => {
      const calls = lines.splice(0).flatMap((line) => {
        past.push(line);
        return writeIn(line) ?? [];
      });
      return calls;
    },
    keysHandedOver: () => keys,
    log: () => [...past, ...lines].join(""),
    stop: async () => {
      await running.stop();
      await spdk.close();
      await simulator.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Keys go to SPDK as parameters, PSKs as files that are gone soon after. */
function noting(
  spdk: SpdkCaller,
  keys: string[],
  { beforeSpdk, afterSpdk }: Pick<TestAgentOptions, "beforeSpdk" | "afterSpdk">,
): SpdkCaller {
  return {
    call: async <T>(method: string, params?: object, options?: SpdkCallOptions) => {
      await beforeSpdk?.(method, params ?? {});
      const {
        key = "",
        key2 = "",
        path,
      } = (params ?? {}) as Readonly<Partial<Record<"key" | "key2" | "path", string>>>;
      if (method === "accel_crypto_key_create") keys.push(`${key}${key2}`);
      if (method === "keyring_file_add_key" && path !== undefined) keys.push(readFileSync(path, "utf8"));
      const answer = await spdk.call<T>(method, params, options);
      await afterSpdk?.(method, params ?? {});
      return answer;
    },
    close: () => spdk.close(),
  };
}

function writeIn(line: string): string | undefined {
  // The agent's own log: one JSON object a line.
  const { msg, code, method = "" } = JSON.parse(line) as Readonly<Partial<Record<"msg" | "code" | "method", string>>>;
  // Of a call whose asker has gone nobody hears the outcome; it is carried out all the same.
  const isDone = code === "OK" || code === "CANCELLED";
  return msg === "call" && isDone && /^(Create|Update|Delete)/.test(method) ? method : undefined;
}

async function objectsOf(client: Agent): Promise<readonly string[]> {
  const names: string[] = [];
  const collect = async (type: ResourceType, parent?: string): Promise<void> => {
    const children = catalogue.types.filter((each) => each.parent?.noun === type.noun && !each.readOnly);
    for (const entry of await client.list(type, parent)) {
      const name = String(entry.name);
      names.push(name);
      for (const child of children) await collect(child, name);
    }
  };
  for (const type of catalogue.types) if (!type.readOnly && type.parent === undefined) await collect(type);
  return names.sort();
}
