import type { AgentConfig, TlsConfig } from "../agent";

/**
 * The configuration that `OPI_…` variables hold, as far as they do. Values that make no sense are passed on as they
 * are, so that checkConfig names them; an empty variable counts as not set.
 *
 * | Variable | Property |
 * |---|---|
 * | OPI_ADDRESS | address |
 * | OPI_TLS_CA, _CERT, _KEY, _SERVER_NAME, _MIN_VERSION | tls |
 * | OPI_INSECURE | insecure: `true` or `false` |
 * | OPI_METADATA | metadata: `name=text,name=text` |
 * | OPI_TOKEN | metadata.authorization: `Bearer …` |
 * | OPI_DIALECT, OPI_IDENTITY, OPI_ON_EXISTING, OPI_DELETE_UNREACHABLE, OPI_ATTEMPTS | the property of that name |
 * | OPI_CONNECT_DEADLINE, OPI_READ_DEADLINE, OPI_WRITE_DEADLINE | deadlines, in seconds |
 */
export function configFromEnvironment(env: Readonly<Record<string, string | undefined>>): Partial<AgentConfig> {
  const text = (name: string): string | undefined => env[`OPI_${name}`]?.trim() || undefined;
  const number = (name: string): number | undefined => (text(name) === undefined ? undefined : Number(text(name)));

  const token = text("TOKEN");
  const config = withoutAbsent({
    address: text("ADDRESS"),
    // TLS without any detail of its own is asked for by OPI_TLS=true: the system's CAs, no client certificate.
    tls: withoutAbsent({
      ca: text("TLS_CA"),
      cert: text("TLS_CERT"),
      key: text("TLS_KEY"),
      serverName: text("TLS_SERVER_NAME"),
      minVersion: text("TLS_MIN_VERSION"),
    }),
    insecure: flag(text("INSECURE")),
    metadata: withoutAbsent({ ...pairs(text("METADATA")), authorization: token && `Bearer ${token}` }),
    dialect: text("DIALECT"),
    identity: text("IDENTITY"),
    deadlines: withoutAbsent({
      connect: number("CONNECT_DEADLINE"),
      read: number("READ_DEADLINE"),
      write: number("WRITE_DEADLINE"),
    }),
    attempts: number("ATTEMPTS"),
    onExisting: text("ON_EXISTING"),
    deleteUnreachable: flag(text("DELETE_UNREACHABLE")),
  });
  const tls = config.tls ?? (text("TLS") === "true" ? ({} satisfies TlsConfig) : undefined);
  // Free text stands where the types want its few values; checkConfig, which every use goes through, tells them apart.
  return tls === undefined ? config : { ...config, tls };
}

/** Anything but a clear yes or no is passed on for checkConfig to refuse. */
function flag(value: string | undefined): boolean | string | undefined {
  if (value === "true" || value === "1") return true;
  if (value === "false" || value === "0") return false;
  return value;
}

function pairs(value: string | undefined): Record<string, string> {
  const entries = (value ?? "").split(",").filter((entry) => entry.trim() !== "");
  return Object.fromEntries(
    entries.map((entry) => {
      const at = entry.indexOf("=");
      return at < 0 ? [entry.trim(), ""] : [entry.slice(0, at).trim(), entry.slice(at + 1).trim()];
    }),
  );
}

/** Leaves out what is not set, and groups in which nothing is. */
function withoutAbsent(entries: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(entries).filter(
      ([, value]) => value !== undefined && !(typeof value === "object" && Object.keys(value ?? {}).length === 0),
    ),
  );
}
