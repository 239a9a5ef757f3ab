import { readFile } from "node:fs/promises";

import pino from "pino";

import { startAgent, type RemoteTarget, type TlsOptions } from "../../agent";

/** The flags of `pulumi-opi agent`. */
export interface AgentFlags {
  readonly listen: string;
  readonly spdk?: string;
  readonly remote?: readonly RemoteTarget[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  readonly tokenFile?: string;
  readonly insecure?: boolean;
  readonly runDir?: string;
  readonly identity?: string;
  readonly logLevel: string;
}

/** Runs an agent until SIGTERM or SIGINT. */
export async function runAgent(flags: AgentFlags): Promise<void> {
  if (flags.spdk !== undefined && !flags.spdk.startsWith("unix:"))
    throw new Error(`--spdk ${flags.spdk}: expected unix:/path, the socket that spdk_tgt answers JSON-RPC at`);
  const [tls, token] = [await readTls(flags), await readToken(flags)];
  // A signal that comes while the agent starts stops it as soon as it has.
  const stopped = stopSignal();
  const agent = await startAgent({
    listen: flags.listen,
    spdk: flags.spdk,
    simulator: flags.remote === undefined ? undefined : { remotes: flags.remote },
    tls,
    token,
    insecure: flags.insecure,
    runFolder: flags.runDir,
    identity: flags.identity,
    logger: pino({ name: "pulumi-opi-agent", level: flags.logLevel }, pino.destination({ dest: 2, sync: true })),
  });
  console.log(agent.address);
  await stopped;
  // A second signal finds no handler any more and ends the process at once.
  await agent.stop();
}

async function readTls(flags: AgentFlags): Promise<TlsOptions | undefined> {
  const { tlsCert, tlsKey, tlsClientCa } = flags;
  if (tlsCert === undefined && tlsKey === undefined && tlsClientCa === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) throw new Error("TLS needs both --tls-cert and --tls-key");
  return {
    cert: await read("--tls-cert", tlsCert),
    key: await read("--tls-key", tlsKey),
    clientCa: tlsClientCa === undefined ? undefined : await read("--tls-client-ca", tlsClientCa),
  };
}

async function readToken(flags: AgentFlags): Promise<string | undefined> {
  if (flags.tokenFile === undefined) return process.env.OPI_AGENT_TOKEN || undefined;
  const token = (await read("--token-file", flags.tokenFile)).toString("utf8").trim();
  if (token === "") throw new Error(`--token-file ${flags.tokenFile}: the file is empty`);
  return token;
}

async function read(flag: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new Error(`${flag} ${file}: cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
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
