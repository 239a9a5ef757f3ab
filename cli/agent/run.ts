import pino from "pino";

import { agentLog, startAgent, type Limits, type RemoteTarget, type SpdkVersionName } from "../../agent";
import { findGroup } from "./accounts";
import { CredentialFiles, readCredentials, type CredentialFlags } from "./credential-files";
import { privilegeDrop, type PrivilegeFlags } from "./privileges";
import { ServiceManager } from "./service-manager";

/** The flags of `pulumi-opi agent`. */
export interface AgentFlags extends CredentialFlags, PrivilegeFlags {
  readonly listen: string;
  readonly socketMode?: number;
  readonly socketGroup?: string;
  readonly metricsListen?: string;
  readonly spdk?: string;
  readonly simulator?: SpdkVersionName;
  readonly remote?: readonly RemoteTarget[];
  readonly insecure?: boolean;
  readonly stateDir?: string;
  readonly stateKeyFile?: string;
  readonly runDir?: string;
  readonly identity?: string;
  readonly maxRequestBytes?: number;
  readonly maxStreams?: number;
  readonly maxConnections?: number;
  readonly maxClientConnections?: number;
  readonly clientReadRate?: number;
  readonly clientWriteRate?: number;
  readonly readRate?: number;
  readonly writeRate?: number;
  readonly stopTimeout?: number;
  readonly logLevel: string;
}

/** Runs an agent until SIGTERM or SIGINT. */
export async function runAgent(flags: AgentFlags): Promise<void> {
  if (flags.spdk !== undefined && !flags.spdk.startsWith("unix:"))
    throw new Error(`--spdk ${flags.spdk}: expected unix:/path, the socket that spdk_tgt answers JSON-RPC at`);
  if (flags.stateKeyFile !== undefined && flags.stateDir === undefined)
    throw new Error("--state-key-file needs --state-dir: without a folder nothing is kept, and nothing sealed");
  const dropPrivileges = privilegeDrop(flags);
  const group = flags.socketGroup === undefined ? undefined : findGroup("--socket-group", flags.socketGroup).id;
  const credentials = await readCredentials(flags);
  const log = agentLog(flags.logLevel, pino.destination({ dest: 2, sync: true }));
  const serviceManager = new ServiceManager(log);
  // A signal that comes while the agent starts stops it as soon as it has.
  const stopped = stopSignal();
  const agent = await startAgent({
    listen: flags.listen,
    socket: { mode: flags.socketMode, group },
    metricsListen: flags.metricsListen,
    spdk: flags.spdk,
    simulator: { version: flags.simulator, ...(flags.remote === undefined ? {} : { remotes: flags.remote }) },
    ...credentials,
    insecure: flags.insecure,
    limits: limits(flags),
    // systemd lists several folders with colons between.
    stateFolder: flags.stateDir?.split(":")[0],
    stateKeyFile: flags.stateKeyFile,
    runFolder: flags.runDir,
    identity: flags.identity,
    whenBound: dropPrivileges,
    logger: log,
  }).catch((error: unknown) => {
    throw flags.user !== undefined && String(error).includes("EACCES")
      ? new Error(`${message(error)} (the agent runs as ${flags.user} by then, who must be allowed to do that)`)
      : error;
  });
  const files = new CredentialFiles(flags, credentials, (renewed) => agent.renew(renewed), log);
  // Only with files to read again: without, the signal keeps its meaning, and ends the agent with its terminal.
  if (files.any) process.on("SIGHUP", () => void files.look());
  // Changes while the agent started, and files that are closed to a user that it has become, show at once.
  await files.look();
  console.log(agent.address);
  await serviceManager.ready(`listening at ${agent.address}`);
  await stopped;
  // A second signal finds no handler any more and ends the process at once.
  files.stop();
  await serviceManager.stopping();
  await agent.stop();
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function limits(flags: AgentFlags): Partial<Limits> {
  const rate = (perSecond: number | undefined) =>
    perSecond === undefined || perSecond === 0 ? undefined : { perSecond, burst: Math.max(1, 2 * perSecond) };
  const given = {
    maxRequestBytes: flags.maxRequestBytes,
    maxStreams: flags.maxStreams,
    maxConnections: flags.maxConnections,
    maxClientConnections: flags.maxClientConnections,
    stopMs: flags.stopTimeout === undefined ? undefined : flags.stopTimeout * 1000,
  };
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    rates: {
      clientReads: rate(flags.clientReadRate),
      clientWrites: rate(flags.clientWriteRate),
      reads: rate(flags.readRate),
      writes: rate(flags.writeRate),
    },
  };
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      process.off("SIGTERM", stop);
      process.off("SIGINT", stop);
      resolve();
    };
    process.on("SIGTERM", stop);
    process.on("SIGINT", stop);
  });
}
