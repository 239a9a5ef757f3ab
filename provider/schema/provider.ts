import type { EnumSpec, ObjectSpec, PropertySpec, ResourceSpec } from "./spec";

/**
 * One setting of the provider. The environment's defaults stand with the configuration only, not with the inputs of
 * explicit providers: SDKs would fill them in beside an address that a program gives, and settings of one agent (its
 * identity, its credentials) would reach another. The plugin itself reads the environment where no address is given.
 */
interface Setting extends PropertySpec {
  readonly environment?: readonly string[];
}

const TYPE = { tls: "opi:index:Tls", deadlines: "opi:index:Deadlines" } as const;
const ENUM = { dialect: "opi:index:Dialect", onExisting: "opi:index:OnExisting", tls: "opi:index:TlsVersion" } as const;

const settings: Readonly<Record<string, Setting>> = {
  address: {
    type: "string",
    description:
      "Address of the agent: `host:port`, `[IPv6]:port` or `unix:/path`. Changing it replaces what lives on the agent, unless `identity` is set and equal.",
    environment: ["OPI_ADDRESS"],
  },
  tls: {
    $ref: `#/types/${TYPE.tls}`,
    description:
      "TLS. Without it, plain text is spoken, and only to loopback addresses and unix sockets unless `insecure`. From the environment: OPI_TLS=true, or OPI_TLS_CA, OPI_TLS_CERT, OPI_TLS_KEY, OPI_TLS_SERVER_NAME and OPI_TLS_MIN_VERSION.",
  },
  insecure: {
    type: "boolean",
    description: "Allows plain text to any address. Default: false.",
    environment: ["OPI_INSECURE"],
  },
  metadata: {
    type: "object",
    additionalProperties: { type: "string" },
    secret: true,
    description:
      "Metadata sent with each call, such as `authorization` with `Bearer …`. Secret. From the environment: OPI_METADATA (`name=text,name=text`).",
  },
  token: {
    type: "string",
    secret: true,
    description: "Bearer token, sent as metadata `authorization`. Secret.",
    environment: ["OPI_TOKEN"],
  },
  dialect: {
    oneOf: [{ type: "string" }, { $ref: `#/types/${ENUM.dialect}` }],
    description: "How the agent deviates from the protocol. Default: `auto`, which asks the agent.",
    environment: ["OPI_DIALECT"],
  },
  identity: {
    type: "string",
    description:
      "What the device is called, whatever its address: with it a changed address replaces nothing. Default: none.",
    environment: ["OPI_IDENTITY"],
  },
  deadlines: {
    $ref: `#/types/${TYPE.deadlines}`,
    description:
      "Longest times, in seconds. From the environment: OPI_CONNECT_DEADLINE, OPI_READ_DEADLINE and OPI_WRITE_DEADLINE.",
  },
  attempts: {
    type: "integer",
    description: "Attempts for calls that are safe to repeat, the first included: 1 to 5. Default: 4.",
    environment: ["OPI_ATTEMPTS"],
  },
  onExisting: {
    oneOf: [{ type: "string" }, { $ref: `#/types/${ENUM.onExisting}` }],
    description:
      "What a create does about an object that is already there: `fail`, or `adopt` it when it is equal. Default: `fail`.",
    environment: ["OPI_ON_EXISTING"],
  },
  deleteUnreachable: {
    type: "boolean",
    description: "Lets deletes succeed, with a warning, when the agent cannot be reached. Default: false.",
    environment: ["OPI_DELETE_UNREACHABLE"],
  },
};

/** Parts of `tls` and `deadlines` in one word each, which are easier to set as configuration. */
const singleWords: Readonly<Record<string, Setting>> = {
  tlsCa: { type: "string", description: "`tls.ca` in one word.", environment: ["OPI_TLS_CA"] },
  tlsCert: { type: "string", description: "`tls.cert` in one word.", environment: ["OPI_TLS_CERT"] },
  tlsKey: { type: "string", secret: true, description: "`tls.key` in one word. Secret.", environment: ["OPI_TLS_KEY"] },
  tlsServerName: {
    type: "string",
    description: "`tls.serverName` in one word.",
    environment: ["OPI_TLS_SERVER_NAME"],
  },
  tlsMinVersion: {
    type: "string",
    description: "`tls.minVersion` in one word.",
    environment: ["OPI_TLS_MIN_VERSION"],
  },
  connectDeadline: {
    type: "number",
    description: "`deadlines.connect` in one word.",
    environment: ["OPI_CONNECT_DEADLINE"],
  },
  readDeadline: { type: "number", description: "`deadlines.read` in one word.", environment: ["OPI_READ_DEADLINE"] },
  writeDeadline: { type: "number", description: "`deadlines.write` in one word.", environment: ["OPI_WRITE_DEADLINE"] },
};

export const configVariables: Readonly<Record<string, PropertySpec>> = map(
  { ...settings, ...singleWords },
  ({ environment, oneOf, ...spec }) => ({
    ...(oneOf ? { ...spec, type: "string" as const } : spec),
    ...(environment ? { defaultInfo: { environment } } : {}),
  }),
);

/** Outputs of a provider are what dependants may need; credentials are none of them. */
export const providerSpec: ResourceSpec = {
  description:
    "An explicit provider: one agent. Several in one program have a connection each. Settings come from here alone when an address is given; without one, from `opi:` configuration and `OPI_…` variables.",
  properties: map(pick(settings, ["address", "identity"]), ({ environment: _, ...spec }) => spec),
  inputProperties: map(settings, ({ environment, ...spec }) => ({
    ...spec,
    description: environment
      ? `${spec.description ?? ""} From the environment: ${environment.join(", ")}.`
      : spec.description,
  })),
};

export const providerTypes: Readonly<Record<string, ObjectSpec | EnumSpec>> = {
  [TYPE.tls]: {
    description: "TLS of the connection to an agent. Certificates and keys are PEM text or paths of PEM files.",
    type: "object",
    properties: {
      ca: {
        type: "string",
        description: "CA certificates that the agent's certificate must lead to. Default: the system's.",
      },
      cert: { type: "string", description: "Client certificate, for mutual TLS; needs `key`." },
      key: { type: "string", secret: true, description: "Private key of the client certificate. Secret." },
      serverName: {
        type: "string",
        description: "Name the agent's certificate is checked against, when it is not the address's.",
      },
      minVersion: {
        oneOf: [{ type: "string" }, { $ref: `#/types/${ENUM.tls}` }],
        description: "Lowest version of TLS. Default: `TLSv1.3`.",
      },
    },
  },
  [TYPE.deadlines]: {
    description: "Longest times, in seconds. A resource's customTimeouts win.",
    type: "object",
    properties: {
      connect: { type: "number", description: "For connecting. Default: 5." },
      read: { type: "number", description: "For one read. Default: 30." },
      write: { type: "number", description: "For one write. Default: 120." },
    },
  },
  [ENUM.tls]: {
    description: "Versions of TLS.",
    type: "string",
    enum: [
      { name: "Tls13", value: "TLSv1.3" },
      { name: "Tls12", value: "TLSv1.2" },
    ],
  },
  [ENUM.onExisting]: {
    description: "What a create does about an object that is already there.",
    type: "string",
    enum: [
      { name: "Fail", value: "fail", description: "It fails, and says how the object differs." },
      { name: "Adopt", value: "adopt", description: "It takes the object over when it is equal, else it fails." },
    ],
  },
  [ENUM.dialect]: {
    description: "Kinds of agents.",
    type: "string",
    enum: [
      { name: "Auto", value: "auto", description: "Asks the agent." },
      { name: "Standard", value: "standard", description: "Does what the protocol says." },
      { name: "SpdkBridge", value: "spdk-bridge", description: "The reference bridge on SPDK." },
      { name: "Intel", value: "intel", description: "Intel's bridge." },
      { name: "Nvidia", value: "nvidia", description: "NVIDIA's bridge." },
      { name: "Marvell", value: "marvell", description: "Marvell's bridge." },
    ],
  },
};

function map<T, R>(entries: Readonly<Record<string, T>>, change: (entry: T) => R): Readonly<Record<string, R>> {
  return Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, change(entry)]));
}

function pick<T>(entries: Readonly<Record<string, T>>, keys: readonly string[]): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(entries).filter(([key]) => keys.includes(key)));
}
