import type { Rate } from "../server/token-bucket";

/** Calls a second; what is left out is not limited. */
export interface RateLimits {
  /** Get, List and Stats of one client (one address, or all of a unix socket). */
  readonly clientReads?: Rate;
  /** All other calls of one client. */
  readonly clientWrites?: Rate;
  readonly reads?: Rate;
  readonly writes?: Rate;
}

/** What the agent takes from the network at most. */
export interface Limits {
  /** Bytes of one request, unpacked. */
  readonly maxRequestBytes: number;
  /** Calls at one time on one connection; further ones wait at the client. */
  readonly maxStreams: number;
  readonly maxConnections: number;
  /** Connections at one time from one address; those of a unix socket are all from this machine, and not counted. */
  readonly maxClientConnections: number;
  /** How long a client may take for its TLS handshake. */
  readonly handshakeMs: number;
  /** A connection without calls is closed after that long. */
  readonly idleMs: number;
  /** How often the agent asks a silent connection whether its client is still there, and how long it waits. */
  readonly keepaliveMs: number;
  readonly keepaliveTimeoutMs: number;
  /** How long running calls may go on once the agent is told to stop. */
  readonly stopMs: number;
  readonly rates: RateLimits;
}

/**
 * Requests of OPI's storage services take hundreds of bytes. A Pulumi engine makes all its calls on one connection for
 * each provider, at most some hundreds at a time.
 */
export const DEFAULT_LIMITS: Limits = {
  maxRequestBytes: 1024 * 1024,
  maxStreams: 256,
  maxConnections: 256,
  // Half: nobody without a certificate or a token can take all of them from those who have.
  maxClientConnections: 128,
  handshakeMs: 10_000,
  idleMs: 30 * 60_000,
  keepaliveMs: 60_000,
  keepaliveTimeoutMs: 20_000,
  stopMs: 5_000,
  rates: {},
};
