import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

import type { Logger } from "pino";

import type { Credentials, TlsOptions } from "../../agent";

/** Files that hold what proves who is who. */
export interface CredentialFlags {
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
  readonly tokenFile?: string;
}

export async function readCredentials(flags: CredentialFlags): Promise<Credentials> {
  return { tls: await readTls(flags), token: (await readToken(flags)) ?? (process.env.OPI_AGENT_TOKEN || undefined) };
}

async function readTls({ tlsCert, tlsKey, tlsClientCa }: CredentialFlags): Promise<TlsOptions | undefined> {
  if (tlsCert === undefined && tlsKey === undefined && tlsClientCa === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) throw new Error("TLS needs both --tls-cert and --tls-key");
  return {
    cert: await read("--tls-cert", tlsCert),
    key: await read("--tls-key", tlsKey),
    clientCa: tlsClientCa === undefined ? undefined : await read("--tls-client-ca", tlsClientCa),
  };
}

async function readToken({ tokenFile }: CredentialFlags): Promise<string | undefined> {
  if (tokenFile === undefined) return undefined;
  const token = (await read("--token-file", tokenFile)).toString("utf8").trim();
  if (token === "") throw new Error(`--token-file ${tokenFile}: the file is empty`);
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

/** Small files, and what replaces them (certbot, systemd, a kubelet) renames or links: looking is surer than watching. */
const LOOK_MS = 5_000;

/**
 * Reads the files again now and then, and when told to. What can be used takes effect; what cannot is told once, and
 * what was used before stays. Certificates and the token are apart: one that is broken does not hold up the other.
 */
export class CredentialFiles {
  private readonly timer: NodeJS.Timeout | undefined;
  private readonly sources: readonly Source[];

  constructor(flags: CredentialFlags, first: Credentials, use: (credentials: Credentials) => void, log: Logger) {
    const { tlsCert, tokenFile } = flags;
    this.sources = [
      ...(tlsCert === undefined
        ? []
        : [new Source("certificate", first, async () => ({ tls: await readTls(flags) }), use, log)]),
      ...(tokenFile === undefined
        ? []
        : [new Source("token", first, async () => ({ token: await readToken(flags) }), use, log)]),
    ];
    if (this.sources.length === 0) return;
    this.timer = setInterval(() => void this.look(), LOOK_MS);
    this.timer.unref();
  }

  /** Whether there are files at all. */
  get any(): boolean {
    return this.sources.length > 0;
  }

  async look(): Promise<void> {
    await Promise.all(this.sources.map((source) => source.look()));
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

class Source {
  private seen: string;

  constructor(
    private readonly what: "certificate" | "token",
    first: Credentials,
    private readonly read: () => Promise<Credentials>,
    private readonly use: (credentials: Credentials) => void,
    private readonly log: Logger,
  ) {
    this.seen = fingerprint(what === "certificate" ? { tls: first.tls } : { token: first.token });
  }

  async look(): Promise<void> {
    let seen: string | undefined;
    try {
      const found = await this.read();
      seen = fingerprint(found);
      if (seen === this.seen) return;
      this.use(found);
      this.log.info(`new ${this.what} in use`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      seen ??= reason;
      // A certificate whose key is yet to be written, or the same trouble as five seconds ago.
      if (seen !== this.seen)
        this.log.error({ reason }, `new ${this.what} cannot be used; the one before stays in use`);
    } finally {
      this.seen = seen ?? this.seen;
    }
  }
}

function fingerprint({ tls, token }: Credentials): string {
  const hash = createHash("sha256");
  for (const part of [tls?.cert, tls?.key, tls?.clientCa, token])
    hash.update(
      createHash("sha256")
        .update(part ?? "")
        .digest(),
    );
  return hash.digest("hex");
}
