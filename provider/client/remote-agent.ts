import { status } from "@grpc/grpc-js";
import type { Method, ResourceType, Verb } from "../catalogue";
import type { WireMessage } from "../catalogue/values/wire";
import type { Agent, AgentConfig, CallOptions, CreateWish } from "./agent";
import { CallError } from "./call-error";
import { untilAborted } from "./abort";
import type { Channel } from "./channel";
import type { Codec } from "./codec";
import type { Capabilities } from "../wire/opi_ext/agent/v1/capabilities";
import { dialectByName } from "./dialect";
import type { Dialect } from "./dialect";
import { CAPABILITIES, detectDialect } from "./dialect/detect";
import type { Attempt } from "./error";
import { explain, secretsOfMetadata } from "./explain";
import { allPages, PAGE_SIZE } from "./list";
import { secretsIn } from "./secrets";
import { betweenWrites, inTurn } from "./write-order";

const READ_SECONDS = 30;
const WRITE_SECONDS = 120;

/** What a verb is about, for errors. */
interface Subject {
  readonly action: string;
  readonly type: ResourceType;
  readonly verb: Verb;
  readonly object?: string;
  readonly body?: WireMessage;
}

/** An agent behind a gRPC connection. */
export class RemoteAgent implements Agent {
  private detecting?: Promise<Dialect>;
  private known?: Dialect;

  constructor(
    readonly config: AgentConfig,
    readonly address: string,
    private readonly channel: Channel,
    private readonly codec: Codec,
  ) {
    this.known = dialectByName(config.dialect ?? "auto");
  }

  async dialect(options: CallOptions = {}): Promise<Dialect> {
    try {
      return await this.detected(options.signal);
    } catch (error) {
      throw this.explained(error, { action: "find out what can be done", agent: this.address }, "the agent", []);
    }
  }

  async capabilities(options: CallOptions = {}): Promise<Capabilities | undefined> {
    const { rpc, request, response } = CAPABILITIES;
    try {
      const said = await this.call(rpc, request, response, {}, this.readSeconds(options), options);
      // The codec decoded it as that message.
      return said as unknown as Capabilities;
    } catch (error) {
      if (error instanceof CallError && error.failure.code === status.UNIMPLEMENTED) return undefined;
      throw this.explained(error, { action: "read the capabilities of", agent: this.address }, "the agent", []);
    }
  }

  async create(type: ResourceType, wish: CreateWish, options: CallOptions = {}): Promise<WireMessage> {
    const subject = { action: "create", type, verb: "create", object: wish.id, body: wish.body } as const;
    const method = this.method(subject);
    return this.write(subject, method, options, {
      ...(method.parent ? { parent: wish.parent ?? method.fixedParent ?? "" } : {}),
      ...(method.id ? { [method.id]: wish.id } : {}),
      ...(method.body ? { [method.body]: wish.body } : {}),
    });
  }

  async get(type: ResourceType, name: string, options: CallOptions = {}): Promise<WireMessage> {
    return this.read({ action: "read", type, verb: "get", object: name }, options, { name });
  }

  async update(
    type: ResourceType,
    body: WireMessage,
    mask: readonly string[],
    options: CallOptions = {},
  ): Promise<WireMessage> {
    const subject = { action: "update", type, verb: "update", object: String(body.name), body } as const;
    const method = this.method(subject);
    if (mask.length === 0) throw new Error("an empty update mask would replace the whole object (AIP-134)");
    return this.write(subject, method, options, {
      [method.body ?? ""]: body,
      updateMask: [...mask],
      allowMissing: false,
    });
  }

  async delete(type: ResourceType, name: string, options: CallOptions = {}): Promise<void> {
    const subject = { action: "delete", type, verb: "delete", object: name } as const;
    await this.write(subject, this.method(subject), options, { name, allowMissing: false });
  }

  async list(type: ResourceType, parent?: string, options: CallOptions = {}): Promise<readonly WireMessage[]> {
    const subject = { action: "list", type, verb: "list", object: parent } as const;
    const method = this.method(subject);
    const dialect = await this.detected(options.signal).catch((error: unknown) => {
      throw this.failed(error, subject);
    });
    // Every list call but those of top-level types asks for a parent; where the HTTP binding fixes it, agents only want
    // it not to be empty (recordings/bridge-grpc.jsonl: VirtioScsiLun/list, list_no_parent).
    const scope = method.parent ? { parent: parent ?? method.fixedParent ?? "" } : {};
    try {
      const keyOf = (entry: WireMessage) => Buffer.from(this.codec.encode(type.message, entry)).toString("base64");
      const entries = await allPages(type.noun, dialect, keyOf, async (pageToken) => {
        const request = { ...scope, pageSize: PAGE_SIZE, pageToken };
        const seconds = this.readSeconds(options);
        const answer = await this.readCall(method, request, seconds, options);
        const { nextPageToken } = answer;
        const items = (answer[method.items ?? ""] ?? []) as readonly WireMessage[];
        return { items, nextPageToken: typeof nextPageToken === "string" ? nextPageToken : "" };
      });
      return entries.filter((entry) => isBelow(parent, entry));
    } catch (error) {
      if (error instanceof CallError) {
        const { code, detail } = error.failure;
        if (dialect.emptyLists[type.noun]?.test(`${status[code]}: ${detail}`)) return [];
      }
      throw this.failed(error, subject);
    }
  }

  async stats(type: ResourceType, name: string, options: CallOptions = {}): Promise<WireMessage> {
    return this.read({ action: "read the counters of", type, verb: "stats", object: name }, options, { name });
  }

  async reset(type: ResourceType, name: string, options: CallOptions = {}): Promise<void> {
    const subject = { action: "reset", type, verb: "reset", object: name } as const;
    await this.write(subject, this.method(subject), options, { name });
  }

  /** @throws CallError, of a request that was not sent: what hangs on the dialect has not begun */
  private async detected(signal: AbortSignal | undefined): Promise<Dialect> {
    if (this.known) return this.known;
    // One detection for all who ask meanwhile, so no single caller's signal may end it; a failed one is not kept.
    this.detecting ??= detectDialect((rpc, request, response, message) =>
      this.call(rpc, request, response, message, this.readSeconds({})),
    )
      .then((dialect) => (this.known = dialect))
      .finally(() => (this.detecting = undefined));
    try {
      return await untilAborted(this.detecting, signal);
    } catch (error) {
      throw error instanceof CallError ? new CallError({ ...error.failure, notSent: true }) : error;
    }
  }

  private async read(subject: Subject, options: CallOptions, request: WireMessage): Promise<WireMessage> {
    const method = this.method(subject);
    try {
      return await this.readCall(method, request, this.readSeconds(options), options);
    } catch (error) {
      throw this.failed(error, subject);
    }
  }

  private readCall(
    { rpc, request, response }: Method,
    message: WireMessage,
    seconds: number,
    options: CallOptions,
  ): Promise<WireMessage> {
    const send = () => this.call(rpc, request, response, message, seconds, options);
    return this.known?.concurrentWrites === false ? betweenWrites(this.address, options.signal, send) : send();
  }

  private async write(
    subject: Subject,
    method: Method,
    options: CallOptions,
    request: WireMessage,
  ): Promise<WireMessage> {
    const seconds = options.timeout ?? this.config.deadlines?.write ?? WRITE_SECONDS;
    const send = () => this.call(method.rpc, method.request, method.response, request, seconds, options);
    try {
      const { concurrentWrites } = await this.detected(options.signal);
      return await (concurrentWrites ? send() : inTurn(this.address, seconds, options.signal, send));
    } catch (error) {
      throw this.failed(error, subject);
    }
  }

  /** @throws CallError */
  private async call(
    rpc: string,
    requestName: string,
    responseName: string,
    request: WireMessage,
    seconds: number,
    { signal }: CallOptions = {},
  ): Promise<WireMessage> {
    const bytes = this.codec.encode(requestName, request);
    const answer = await this.channel.unary({
      rpc,
      request: bytes,
      metadata: this.config.metadata ?? {},
      seconds,
      signal,
    });
    try {
      return this.codec.decode(responseName, answer);
    } catch (cause) {
      // The decoder's own words could hold parts of the answer.
      throw new CallError(
        {
          code: status.INTERNAL,
          detail: `the agent's answer is no ${responseName}`,
          remedy: "Check that what listens there is an OPI agent of a version this provider knows.",
        },
        { cause },
      );
    }
  }

  private readSeconds(options: CallOptions): number {
    return options.timeout ?? this.config.deadlines?.read ?? READ_SECONDS;
  }

  private method(subject: Subject): Method {
    const method = subject.type.methods[subject.verb];
    if (method) return method;
    const detail = `OPI has no such call for ${subject.type.noun}`;
    const none = new CallError({ code: status.UNIMPLEMENTED, detail, remedy: "Leave it out.", notSent: true });
    throw this.failed(none, subject);
  }

  private failed(error: unknown, { action, type, verb, object, body }: Subject): unknown {
    const attempt = { action: `${action} ${type.noun}`, object, agent: this.address };
    const reason = this.known?.unavailable[type.noun]?.[verb];
    return this.explained(error, attempt, type.service, secretsIn(type, body), reason);
  }

  private explained(
    error: unknown,
    attempt: Attempt,
    service: string,
    secrets: readonly string[],
    unavailable?: string,
  ): unknown {
    if (!(error instanceof CallError)) return error;
    const metadata = secretsOfMetadata(this.config.metadata);
    return explain(error.failure, attempt, {
      service,
      dialect: this.known?.name,
      unavailable,
      hasMetadata: metadata.length > 0,
      secrets: [...secrets, ...metadata],
    });
  }
}

/**
 * Agents are known to ignore the parent (recordings/bridge-grpc.jsonl: NvmeController/list_parent_missing), but most
 * of their entries have full names.
 */
function isBelow(parent: string | undefined, entry: WireMessage): boolean {
  const name = entry.name;
  return !parent || typeof name !== "string" || !name.includes("/") || name.startsWith(`${parent}/`);
}
