import type { ResourceType } from "../catalogue";
import type { WireMessage } from "../catalogue/values/wire";
import type { Capabilities } from "../wire/opi_ext/agent/v1/capabilities";
import type { Dialect } from "./dialect";

/** How to reach one agent. Everything but `address` has a default. */
export interface AgentConfig {
  /** `host:port`, `[v6]:port`, `unix:/path`. */
  readonly address: string;
  /** TLS; absent: plain text, which only loopback and unix sockets may use unless `insecure`. */
  readonly tls?: TlsConfig;
  /** Allows plain text to any address. */
  readonly insecure?: boolean;
  /** Metadata sent with each call, such as `{ authorization: "Bearer …" }`. Secret. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Name of the dialect, or `auto` (default): ask the agent. */
  readonly dialect?: string;
  /** What the device is called, whatever its address: equal identities make a changed address no replacement. */
  readonly identity?: string;
  /** Seconds for connecting (default 5), for one read (30) and for one write (120). */
  readonly deadlines?: { readonly connect?: number; readonly read?: number; readonly write?: number };
  /** Attempts for calls that are safe to repeat, the first included (default 4). */
  readonly attempts?: number;
  /** What a create does about an object that is already there: `fail` (default), or `adopt` when equal. */
  readonly onExisting?: "fail" | "adopt";
  /** Lets deletes succeed, with a warning, when the agent cannot be reached. */
  readonly deleteUnreachable?: boolean;
}

/** Certificates and keys are PEM text or paths of PEM files. */
export interface TlsConfig {
  /** CA certificates that the agent's certificate must lead to; absent: the system's. */
  readonly ca?: string;
  /** Client certificate for mutual TLS; needs `key`. */
  readonly cert?: string;
  /** Private key of the client certificate. Secret. */
  readonly key?: string;
  /** Name the agent's certificate is checked against, when it is not the address's. */
  readonly serverName?: string;
  /** `TLSv1.3` (default) or `TLSv1.2`. */
  readonly minVersion?: "TLSv1.2" | "TLSv1.3";
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Seconds; instead of the configured deadline. */
  readonly timeout?: number;
}

/**
 * One agent, spoken to by catalogue type and verb. Every method rejects with an OpiError. Writes are ordered (across
 * processes too) unless the dialect allows concurrent ones; reads are concurrent.
 */
export interface Agent {
  readonly config: AgentConfig;
  /** Canonical form of the address: equal for two spellings of one address. */
  readonly address: string;
  /** The agent's dialect: as configured, or found out by asking it once. */
  dialect(options?: CallOptions): Promise<Dialect>;
  /** What the agent says of itself, freshly asked; undefined when it has no such call, which is ours (opi_ext). */
  capabilities(options?: CallOptions): Promise<Capabilities | undefined>;
  create(type: ResourceType, wish: CreateWish, options?: CallOptions): Promise<WireMessage>;
  get(type: ResourceType, name: string, options?: CallOptions): Promise<WireMessage>;
  /** @param mask paths in proto names; never empty (AIP-134: an empty mask would mean full replacement) */
  update(type: ResourceType, body: WireMessage, mask: readonly string[], options?: CallOptions): Promise<WireMessage>;
  delete(type: ResourceType, name: string, options?: CallOptions): Promise<void>;
  /** All pages. @param parent resource name of the parent, for types that have one */
  list(type: ResourceType, parent?: string, options?: CallOptions): Promise<readonly WireMessage[]>;
  stats(type: ResourceType, name: string, options?: CallOptions): Promise<WireMessage>;
  reset(type: ResourceType, name: string, options?: CallOptions): Promise<void>;
}

export interface CreateWish {
  readonly id: string;
  /** Resource name of the parent, for types that have one. */
  readonly parent?: string;
  readonly body: WireMessage;
}
