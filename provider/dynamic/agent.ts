import * as pulumi from "@pulumi/pulumi";
import { configFromEnvironment } from "../client";
import type { AgentConfig } from "../client";
import { hideSecrets, isPlain } from "./secrets";
import type { SecretNames } from "./secrets";

/** How to reach the agent that a resource lives on. */
export interface AgentArgs {
  /** `host:port`, `[v6]:port` or `unix:/path`. */
  address?: pulumi.Input<string>;
  /** TLS; without it only loopback addresses and unix sockets are spoken to, unless `insecure`. */
  tls?: pulumi.Input<TlsArgs>;
  /** Allows plain text to any address. */
  insecure?: pulumi.Input<boolean>;
  /** Metadata sent with each call, such as `{ authorization: "Bearer …" }`. Kept as a secret. */
  metadata?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** `auto` (default), `standard`, `spdk-bridge`, `intel`, `nvidia` or `marvell`. */
  dialect?: pulumi.Input<string>;
  /**
   * What the device is called whatever its address: with it a changed address replaces nothing. A name of yours, or the
   * one that `pulumi-opi doctor` tells.
   */
  identity?: pulumi.Input<string>;
  /** Seconds: for connecting (default 5), one read (30) and one write (120). */
  deadlines?: pulumi.Input<NonNullable<AgentConfig["deadlines"]>>;
  /** Attempts for calls that are safe to repeat, the first included (default 4). */
  attempts?: pulumi.Input<number>;
  /** What a create does about an object that is already there: `fail` (default), or `adopt` when it is equal. */
  onExisting?: pulumi.Input<"fail" | "adopt">;
  /** Lets deletes succeed, with a warning, when the agent cannot be reached. */
  deleteUnreachable?: pulumi.Input<boolean>;
}

/** Certificates and keys are PEM text or paths of PEM files. */
export interface TlsArgs {
  /** CA certificates that the agent's certificate must lead to; without it the system's. */
  ca?: pulumi.Input<string>;
  /** Client certificate, for mutual TLS. */
  cert?: pulumi.Input<string>;
  /** Private key of the client certificate. Kept as a secret. */
  key?: pulumi.Input<string>;
  /** Name the agent's certificate is checked against, when it is not the address's. */
  serverName?: pulumi.Input<string>;
  /** `TLSv1.3` (default) or `TLSv1.2`. */
  minVersion?: pulumi.Input<"TLSv1.2" | "TLSv1.3">;
}

/** Credentials are secrets whether or not the program says so. */
const credentials: SecretNames = { tls: { key: true }, metadata: true };

/**
 * The agent of a resource: the argument when it names an address, else the project's configuration (`opi:address`, …)
 * and the environment (`OPI_ADDRESS`, …) with the argument's other settings on top. An address given by a program is
 * never mixed with settings from elsewhere: they could be another agent's credentials.
 *
 * A missing address is reported by check, by property path.
 */
export function resolveAgent(given: pulumi.Input<AgentArgs> | undefined): unknown {
  if (given === undefined || isPlain(given)) return settings({ ...given });
  // What is no object at all, as a program without types may have it, is for check to tell of.
  return pulumi.output(given).apply((agent): pulumi.Input<object> => {
    return isPlain(agent) ? settings(agent) : agent;
  });
}

function settings(agent: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const own = Object.fromEntries(Object.entries(agent).filter(([, value]) => value !== undefined));
  return hideSecrets(own.address === undefined ? { ...ambientAgent(), ...own } : own, credentials);
}

/**
 * Configuration keys are the environment's names in camelCase without the prefix: `opi:tlsCa` for `OPI_TLS_CA`. They
 * win over the environment.
 */
function ambientAgent(): Partial<AgentConfig> {
  const fromConfig: Record<string, string> = {};
  for (const [key, value] of Object.entries(pulumi.runtime.allConfig())) {
    const name = /^opi:(\w+)$/.exec(key)?.[1];
    if (name) fromConfig[`OPI_${name.replace(/([A-Z])/g, "_$1").toUpperCase()}`] = value;
  }
  return configFromEnvironment({ ...process.env, ...fromConfig });
}
