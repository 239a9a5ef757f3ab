import { Client, Metadata, connectivityState, credentials, status } from "@grpc/grpc-js";
import type { ChannelCredentials, ClientOptions, ServiceError } from "@grpc/grpc-js";
import { isIP } from "node:net";
import { checkServerIdentity, createSecureContext } from "node:tls";
import { dialTarget } from "./config/address";
import type { Address } from "./config/address";
import type { TlsMaterial } from "./config/tls";
import { cancelled, untilAborted } from "./abort";
import { CallError } from "./call-error";
import type { CallFailure } from "./call-error";
import { diagnose } from "./diagnosis";

export interface ChannelOptions {
  readonly address: Address;
  readonly tls?: TlsMaterial;
  /** Seconds until an agent that does not accept a connection counts as unreachable. */
  readonly connectDeadline: number;
  /** Dials before an agent that refuses connections counts as unreachable. */
  readonly attempts: number;
  /** A gRPC service config as JSON (gRFC A2): which methods are repeated, and how. */
  readonly serviceConfig: string;
}

export interface UnaryCall {
  readonly rpc: string;
  readonly request: Uint8Array;
  readonly metadata: Readonly<Record<string, string>>;
  readonly seconds: number;
  readonly signal?: AbortSignal;
}

/** How long an agent that could not be reached is not dialled again, so that a preview of a dead agent waits once. */
const REMEMBER_REFUSAL_MS = 5_000;
/** Connections close by themselves when nothing is said, so that agents do not collect the idle ones of old sessions. */
const IDLE_MS = 60_000;
/** Largest answer accepted: a list page of 250 entries stays far below. */
const LARGEST_ANSWER = 64 * 1024 * 1024;

/** One gRPC connection: bytes in, bytes out. It never keeps a process alive by itself while no call is under way. */
export class Channel {
  private readonly client: Client;
  private connecting?: Promise<void>;
  private refused?: { readonly until: number; readonly failure: CallFailure };

  constructor(private readonly options: ChannelOptions) {
    this.client = new Client(dialTarget(options.address), channelCredentials(options), clientOptions(options));
  }

  /** @throws CallError */
  async unary(call: UnaryCall): Promise<Uint8Array> {
    await this.connected(call.signal);
    const { promise, resolve, reject } = deferred<Uint8Array>();
    const started = this.client.makeUnaryRequest(
      call.rpc,
      (bytes: Uint8Array) => Buffer.from(bytes),
      (bytes) => bytes as Uint8Array,
      call.request,
      metadataOf(call.metadata),
      { deadline: Date.now() + call.seconds * 1000 },
      (error, response) => {
        if (response) resolve(response);
        else this.failureOf(error, call).then((failure) => reject(new CallError(failure)), reject);
      },
    );
    const abort = () => started.cancel();
    call.signal?.addEventListener("abort", abort, { once: true });
    return promise.finally(() => call.signal?.removeEventListener("abort", abort));
  }

  close(): void {
    this.client.close();
  }

  /** Waits for the connection: shared by all calls that come meanwhile, and refused at once for a moment after it failed. */
  private async connected(signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) throw cancelled();
    if (this.client.getChannel().getConnectivityState(false) === connectivityState.READY) return;
    if (this.refused && Date.now() < this.refused.until) throw new CallError(this.refused.failure);
    this.connecting ??= this.connect().finally(() => (this.connecting = undefined));
    await untilAborted(this.connecting, signal);
  }

  /** Dials until the connection stands, the attempts are used up, or waiting cannot help. Nothing has been sent yet. */
  private async connect(): Promise<void> {
    const channel = this.client.getChannel();
    const deadline = Date.now() + this.options.connectDeadline * 1000;
    const state = () => channel.getConnectivityState(true);
    const changed = (until: number) =>
      new Promise<void>((resolve) => channel.watchConnectivityState(state(), until, () => resolve()));
    for (let failures = 0; state() !== connectivityState.READY;) {
      if (Date.now() >= deadline) this.refuse(silence(this.options.connectDeadline));
      if (state() !== connectivityState.TRANSIENT_FAILURE) {
        await changed(deadline);
        continue;
      }
      const diagnosis = await diagnose(this.options);
      failures += 1;
      if (diagnosis && (!diagnosis.passing || failures >= this.options.attempts)) this.refuse(diagnosis);
      await changed(Math.min(deadline, Date.now() + backoff(failures)));
    }
    this.refused = undefined;
  }

  private refuse(reason: CallFailure): never {
    const failure = { ...reason, notSent: true } as const;
    this.refused = { until: Date.now() + REMEMBER_REFUSAL_MS, failure };
    throw new CallError(failure);
  }

  private async failureOf(error: ServiceError | null, call: UnaryCall): Promise<CallFailure> {
    if (call.signal?.aborted) return { code: status.CANCELLED, detail: "the call was cancelled" };
    if (!error) return { code: status.INTERNAL, detail: "the agent sent an empty answer" };
    if (error.code === status.DEADLINE_EXCEEDED) {
      return { code: error.code, detail: `no answer within ${call.seconds} s` };
    }
    // With TLS 1.3 a server refuses a client certificate only after the handshake looks finished to the client.
    if (error.code === status.UNAVAILABLE) {
      return (await diagnose(this.options)) ?? { code: error.code, detail: error.details };
    }
    return { code: error.code, detail: error.details };
  }
}

/** Milliseconds until the next dial: doubling, with jitter so that many processes do not dial in step. */
function backoff(failures: number): number {
  return Math.min(1_000, 50 * 2 ** failures) * (0.5 + Math.random());
}

const silence = (seconds: number): CallFailure => ({
  code: status.UNAVAILABLE,
  detail: `no gRPC connection within ${seconds} s`,
  remedy: "Check that what listens there is an OPI agent, and that it is not overloaded.",
});

function channelCredentials({ tls, address }: ChannelOptions): ChannelCredentials {
  if (!tls) return credentials.createInsecure();
  // createSsl takes no minimum version; a secure context does.
  const context = createSecureContext({ ca: tls.ca, cert: tls.cert, key: tls.key, minVersion: tls.minVersion });
  const checked = serverName(tls, address);
  return credentials.createFromSecureContext(context, {
    checkServerIdentity: (_, certificate) => checkServerIdentity(checked, certificate),
  });
}

/** The name that the agent's certificate must hold; over a unix socket the address has none. */
function serverName(tls: TlsMaterial, address: Address): string {
  return tls.serverName ?? (address.kind === "tcp" ? address.host : "localhost");
}

function clientOptions({ tls, address, serviceConfig }: ChannelOptions): ClientOptions {
  const name = tls && serverName(tls, address);
  return {
    "grpc.service_config": serviceConfig,
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 5_000,
    "grpc.client_idle_timeout_ms": IDLE_MS,
    "grpc.max_receive_message_length": LARGEST_ANSWER,
    // Only what the configuration names is dialled: an http_proxy of the environment is not meant for a DPU.
    "grpc.enable_http_proxy": 0,
    // Each configuration has its own channel; subchannels shared behind it would hide which credentials failed.
    "grpc.use_local_subchannel_pool": 1,
    // SNI takes no IP addresses (RFC 6066, section 3), and grpc-js would send one; what is checked is said above.
    ...(name === undefined ? {} : { "grpc.ssl_target_name_override": isIP(name) ? "agent.invalid" : name }),
    ...(tls?.serverName === undefined ? {} : { "grpc.default_authority": tls.serverName }),
  };
}

function metadataOf(entries: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(entries)) metadata.set(name, value);
  return metadata;
}

/** Promise.withResolvers, which Node 20 has not. */
function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
