import type { Logger } from "pino";

import type { Limits } from "./operations/limits";
import type { ReconcileCounts } from "./reconcile/reconciler";
import type { SocketAccess } from "./server/unix-socket";
import type { SimulatorOptions } from "./simulator";
import type { SpdkCaller } from "./spdk";

/** PEM texts (not file names). */
export interface TlsOptions {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  /** Certificates of the authorities whose clients may connect. Given, a client must show a certificate (mutual TLS). */
  readonly clientCa?: string | Buffer;
}

/** What can change while the agent runs. */
export interface Credentials {
  readonly tls?: TlsOptions;
  readonly token?: string;
}

export interface AgentOptions {
  /** `host:port` (port 0: any free one), `[v6 address]:port`, or `unix:/path`. */
  readonly listen: string;
  /** SPDK's JSON-RPC socket, `unix:/path`, or something that calls SPDK. Left out, a simulator runs in this process. */
  readonly spdk?: string | SpdkCaller;
  readonly simulator?: Omit<SimulatorOptions, "socketPath">;
  readonly tls?: TlsOptions;
  /** Every call must then carry the metadata `authorization: Bearer <token>`. */
  readonly token?: string;
  /** Allows plain text on an address that other machines can reach. */
  readonly insecure?: boolean;
  /** Who may open the unix socket that it listens at. Left out, only its own user. */
  readonly socket?: SocketAccess;
  /** Where to answer `/livez`, `/readyz` and `/metrics` over HTTP, in the forms of `listen`. Left out, nowhere. */
  readonly metricsListen?: string;
  readonly limits?: Partial<Limits>;
  /** Called once its addresses are open, before anything else is opened or made: here a process gives up its privileges. */
  readonly whenBound?: () => void | Promise<void>;
  /** Folder where its objects are kept; private to one agent. Left out, they are forgotten when the agent ends. */
  readonly stateFolder?: string;
  /** File with the key (32 bytes, hexadecimal or base64) that seals keys and PSKs there. Left out, the folder holds one. */
  readonly stateKeyFile?: string;
  /** Folder for vfio-user sockets and key files. Left out, `run` in the state folder, or else a temporary one. */
  readonly runFolder?: string;
  /** Stable identity of the device. Left out, it is derived from the machine's own. */
  readonly identity?: string;
  /** Left out, nothing is logged. */
  readonly logger?: Logger;
}

export interface RunningAgent {
  /** What came of the last comparison of its objects with SPDK's, up to now. */
  readonly reconciled: ReconcileCounts;
  /** Where it listens: `host:port` with the true port, or `unix:/path`. */
  readonly address: string;
  /** Where its metrics are: `host:port` with the true port, or `unix:/path`. */
  readonly metricsAddress?: string;
  /** When its certificate ends; undefined in plain text. */
  readonly certificateEnds: Date | undefined;
  /**
   * From now on new connections get this certificate, and calls need this token; connections that are there go on.
   * Throws where something cannot be used, and nothing changes then.
   */
  renew(credentials: Credentials): void;
  /** Lets running calls end, then closes the server, SPDK's connection and the simulator. Safe to call twice. */
  stop(): Promise<void>;
}
