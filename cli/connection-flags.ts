import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { configFromEnvironment } from "../provider/client";
import type { AgentConfig, TlsConfig } from "../provider/client";

/** The flags by which a command is told which agent it is about, and how to reach it. */
export interface ConnectionFlags {
  readonly agent?: string;
  readonly tls?: boolean;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly serverName?: string;
  readonly tokenFile?: string;
  readonly insecure?: boolean;
  readonly dialect?: string;
}

export const CONNECTION_NOTES = `
What flags do not say comes from the variables of the environment that the provider reads, too: OPI_ADDRESS, OPI_TLS_CA,
OPI_TLS_CERT, OPI_TLS_KEY, OPI_TOKEN, OPI_DIALECT, OPI_CONNECT_DEADLINE, OPI_READ_DEADLINE and so on. Secrets come from
files (--tls-key, --token-file) or the environment only, since others on this machine can read command lines.
`;

export function withConnectionFlags(command: Command): Command {
  return command
    .option("--agent <address>", "host:port, [IPv6]:port, or unix:/path (default: OPI_ADDRESS)")
    .option("--tls", "TLS with the system's authorities; any other --tls flag means TLS, too")
    .option("--tls-ca <file>", "authorities that the agent's certificate must lead to (PEM)")
    .option("--tls-cert <file>", "client certificate (PEM), for mutual TLS")
    .option("--tls-key <file>", "its private key (PEM)")
    .option("--server-name <name>", "name in the agent's certificate, when it is not the address's")
    .option("--token-file <file>", "file with a token, sent as `authorization: Bearer …` (default: OPI_TOKEN)")
    .option("--insecure", "allow plain text to an address that is not this machine's")
    .option("--dialect <name>", "kind of agent: standard, spdk-bridge, intel, nvidia, marvell (default: ask it)");
}

/** Flags win over the environment, setting by setting: whoever types both means both. */
export function configOf(flags: ConnectionFlags, env: NodeJS.ProcessEnv): AgentConfig {
  const ambient = configFromEnvironment(env);
  const address = flags.agent ?? ambient.address;
  if (address === undefined) throw new Error("which agent? Give --agent host:port, or set OPI_ADDRESS");
  if (flags.tlsKey?.includes("-----BEGIN")) {
    throw new Error("--tls-key takes a file: on a command line the key itself can be read by others");
  }
  const own: TlsConfig = withoutAbsent({
    ca: flags.tlsCa,
    cert: flags.tlsCert,
    key: flags.tlsKey,
    serverName: flags.serverName,
  });
  const tls = flags.tls || Object.keys(own).length > 0 ? { ...ambient.tls, ...own } : ambient.tls;
  const metadata =
    flags.tokenFile === undefined ? undefined : { ...ambient.metadata, authorization: bearer(flags.tokenFile) };
  const { insecure, dialect } = flags;
  return { ...ambient, address, ...withoutAbsent({ tls, metadata, insecure, dialect }) };
}

function bearer(file: string): string {
  const token = textIn(file).trim();
  if (token === "") throw new Error(`--token-file ${file}: the file is empty`);
  return `Bearer ${token}`;
}

function textIn(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`--token-file ${file}: cannot be read: ${reason}`, { cause });
  }
}

function withoutAbsent<T extends object>(entries: T): T {
  // Dropping absent members changes no type in which every member may be absent.
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as T;
}
