import { createHash } from "node:crypto";
import { status } from "@grpc/grpc-js";
import type { ResourceType } from "../catalogue";
import type { AgentConfig } from "./agent";
import { Channel } from "./channel";
import type { Codec } from "./codec";
import { dialTarget, parseAddress } from "./config/address";
import type { Address } from "./config/address";
import { checkConfig } from "./config/check";
import { readTls } from "./config/tls";
import type { TlsMaterial } from "./config/tls";
import { OpiError } from "./error";
import { serviceConfig } from "./service-config";

/** The messages and methods an agent is spoken to in. */
export interface Contract {
  readonly codec: Codec;
  readonly types: readonly ResourceType[];
}

/** A way to an agent, shared by all whose configurations differ in nothing that concerns the connection. */
export interface Way {
  readonly channel: Channel;
  /** Equal for equal ways. */
  readonly key: string;
  readonly address: Address;
  readonly tls?: TlsMaterial;
}

const CONNECT_SECONDS = 5;
const ATTEMPTS = 4;

const channels = new Map<string, Channel>();

/**
 * Nothing is dialled before the first call. Certificate files are read again each time, so that renewed ones are taken
 * up.
 *
 * @throws OpiError (INVALID_ARGUMENT) when the configuration is not usable; it names each wrong property
 */
export function channelTo(config: AgentConfig, contract: Contract): Way {
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
  const key = hash([dialTarget(address), tls, attempts, connectDeadline, contractNumber(contract)]);
  let channel = channels.get(key);
  if (!channel) {
    const options = { address, tls, connectDeadline, attempts, serviceConfig: serviceConfig(contract.types, attempts) };
    channel = new Channel(options);
    channels.set(key, channel);
  }
  return { channel, key, address, tls };
}

export function closeChannels(): void {
  for (const channel of channels.values()) channel.close();
  channels.clear();
}

const contractNumbers = new WeakMap<Codec, number>();
let contracts = 0;

/** Codecs cannot be compared by content, so each gets a number. */
function contractNumber({ codec }: Contract): number {
  const known = contractNumbers.get(codec) ?? ++contracts;
  contractNumbers.set(codec, known);
  return known;
}

export function hash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
