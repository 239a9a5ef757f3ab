import { createHash } from "node:crypto";
import { status } from "@grpc/grpc-js";
import { catalogue } from "../catalogue";
import type { ResourceType } from "../catalogue";
import type { Agent, AgentConfig } from "./agent";
import { Channel } from "./channel";
import { opiCodec } from "./codec";
import type { Codec } from "./codec";
import { canonicalAddress, dialTarget, parseAddress } from "./config/address";
import { checkConfig } from "./config/check";
import { readTls } from "./config/tls";
import { OpiError } from "./error";
import { RemoteAgent } from "./remote-agent";
import { serviceConfig } from "./service-config";

export type { Capabilities } from "../wire/opi_ext/agent/v1/capabilities";
export type { Agent, AgentConfig, CallOptions, CreateWish, TlsConfig } from "./agent";
export { opiCodec, withUnknownFields } from "./codec";
export type { Codec } from "./codec";
export { canonicalAddress, parseAddress } from "./config/address";
export { checkConfig } from "./config/check";
export { configFromEnvironment } from "./config/environment";
export type { ConfigFailure } from "./config/failure";
export * from "./dialect";
export { OpiError } from "./error";
export type { Attempt } from "./error";

/** The messages and methods an agent is spoken to in. */
export interface Contract {
  readonly codec: Codec;
  readonly types: readonly ResourceType[];
}

const CONNECT_SECONDS = 5;
const ATTEMPTS = 4;

const agents = new Map<string, Agent>();
const channels = new Map<string, Channel>();

/**
 * The agent at an address. Nothing is dialled before the first call. Equal configurations share one agent, and agents
 * that differ in nothing that concerns the connection share that; certificate files are read again each time, so that
 * renewed ones are taken up.
 *
 * @throws OpiError (INVALID_ARGUMENT) when the configuration is not usable; it names each wrong property
 */
export function connect(config: AgentConfig, contract: Contract = { codec: opiCodec, types: catalogue.types }): Agent {
  const failures = checkConfig(config);
  const address = parseAddress(config.address);
  if (failures.length > 0 || address.kind === "invalid") {
    const detail = failures.map(({ property, reason }) => `${property} ${reason}`).join("; ");
    const attempt = {
      action: "connect",
      agent: typeof config.address === "string" ? config.address : "without an address",
    };
    throw new OpiError(status.INVALID_ARGUMENT, detail, attempt, "Correct the agent's configuration.");
  }
  const tls = config.tls && readTls(config.tls, "agent.tls").material;
  const attempts = config.attempts ?? ATTEMPTS;
  const connectDeadline = config.deadlines?.connect ?? CONNECT_SECONDS;

  // Certificates and keys are compared by content, and kept here as a hash only.
  const channelKey = hash([dialTarget(address), tls, attempts, connectDeadline, contractNumber(contract)]);
  const agentKey = hash([channelKey, sorted(config)]);
  const shared = agents.get(agentKey);
  if (shared) return shared;

  let channel = channels.get(channelKey);
  if (!channel) {
    const options = { address, tls, connectDeadline, attempts, serviceConfig: serviceConfig(contract.types, attempts) };
    channel = new Channel(options);
    channels.set(channelKey, channel);
  }
  const agent = new RemoteAgent(config, canonicalAddress(address), channel, contract.codec);
  agents.set(agentKey, agent);
  return agent;
}

/** Closes every connection of this process. Agents handed out before end their calls with an error. */
export function closeAll(): void {
  for (const channel of channels.values()) channel.close();
  channels.clear();
  agents.clear();
}

const contractNumbers = new WeakMap<Codec, number>();
let contracts = 0;

/** Codecs cannot be compared by content, so each gets a number. */
function contractNumber({ codec }: Contract): number {
  const known = contractNumbers.get(codec) ?? ++contracts;
  contractNumbers.set(codec, known);
  return known;
}

function hash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

/** Objects with their keys in order, so that the order in which a configuration was written does not matter. */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, sorted(inner)]);
}
