import { catalogue } from "../catalogue";
import type { Agent, AgentConfig } from "./agent";
import { channelTo, closeChannels, hash } from "./channels";
import type { Contract } from "./channels";
import { opiCodec } from "./codec";
import { canonicalAddress } from "./config/address";
import { RemoteAgent } from "./remote-agent";

export type { Capabilities } from "../wire/opi_ext/agent/v1/capabilities";
export type { Agent, AgentConfig, CallOptions, CreateWish, TlsConfig } from "./agent";
export type { Contract } from "./channels";
export { opiCodec, withUnknownFields } from "./codec";
export type { Codec } from "./codec";
export { canonicalAddress, parseAddress, sameAddress } from "./config/address";
export { checkConfig } from "./config/check";
export { configFromEnvironment } from "./config/environment";
export type { ConfigFailure } from "./config/failure";
export * from "./dialect";
export { OpiError } from "./error";
export type { Attempt } from "./error";

const agents = new Map<string, Agent>();

/**
 * The agent at an address. Nothing is dialled before the first call. Equal configurations share one agent, and agents
 * that differ in nothing that concerns the connection share that; certificate files are read again each time, so that
 * renewed ones are taken up.
 *
 * @throws OpiError (INVALID_ARGUMENT) when the configuration is not usable; it names each wrong property
 */
export function connect(config: AgentConfig, contract: Contract = { codec: opiCodec, types: catalogue.types }): Agent {
  const { channel, key, address } = channelTo(config, contract);
  const agentKey = hash([key, sorted(config)]);
  const shared = agents.get(agentKey);
  if (shared) return shared;
  const agent = new RemoteAgent(config, canonicalAddress(address), channel, contract.codec);
  agents.set(agentKey, agent);
  return agent;
}

/** Closes every connection of this process. Agents handed out before end their calls with an error. */
export function closeAll(): void {
  closeChannels();
  agents.clear();
}

/** Objects with their keys in order, so that the order in which a configuration was written does not matter. */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, sorted(inner)]);
}
