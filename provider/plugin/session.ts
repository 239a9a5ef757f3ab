import { status } from "@grpc/grpc-js";
import type { ResourceType } from "../catalogue";
import { typeByToken } from "../catalogue";
import { connect } from "../client";
import type { Agent, AgentConfig } from "../client";
import { OpiError } from "../client/error";
import type { Dialect } from "../client/dialect";
import type { Place } from "../lifecycle";
import type { EngineLog } from "./process/engine-log";

/** What one provider instance knows between the engine's calls: its agent, and how to talk to the engine. */
export class Session {
  /** Whether the engine understands values marked as secret; every engine does that begins with a handshake. */
  acceptSecrets = true;
  private config?: AgentConfig;
  private asked?: Promise<Dialect | undefined>;

  constructor(readonly log: EngineLog) {}

  configure(config: AgentConfig): void {
    this.config = config;
    this.asked = undefined;
  }

  /** @throws OpiError when the provider has not been configured, or its certificate files cannot be read any more */
  agent(): Agent {
    if (this.config) return connect(this.config);
    const attempt = { action: "connect", agent: "without an address" };
    throw new OpiError(status.FAILED_PRECONDITION, "the provider has not been configured", attempt);
  }

  place(type: ResourceType, { urn, seconds, signal }: CallScope): Place {
    const timeout = seconds > 0 ? seconds : undefined;
    return { type, agent: this.agent(), options: { signal, timeout }, warn: (text) => this.log.warn(text, urn) };
  }

  /**
   * What kind of agent it is, for previews: an agent that does not answer (it may not exist yet) is waited for once and
   * warned of once, however many resources are previewed.
   */
  async dialectForPreview(): Promise<Dialect | undefined> {
    const agent = this.agent();
    this.asked ??= agent.dialect().catch((error: unknown) => {
      if (!(error instanceof OpiError)) throw error;
      this.log.warn(`agent ${agent.address} cannot be asked what it can do: ${error.detail}`);
      return undefined;
    });
    return this.asked;
  }
}

export interface CallScope {
  readonly urn: string;
  /** 0: as configured. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** What requests about one resource have in common. */
export interface ResourceRequest {
  getUrn(): string;
  getType(): string;
  getName(): string;
}

/** Engines older than the request's type field say it in the URN alone: `urn:pulumi:stack::project::parent$type::name`. */
export function typeOf(request: ResourceRequest): ResourceType {
  const token = request.getType() || (request.getUrn().split("::")[2]?.split("$").pop() ?? "");
  try {
    return typeByToken(token);
  } catch {
    const attempt = { action: `find resource type ${token}`, agent: "(none asked)" };
    throw new OpiError(status.INVALID_ARGUMENT, "this provider has no such resource type", attempt);
  }
}

export function nameOf(request: ResourceRequest): string {
  return request.getName() || (request.getUrn().split("::")[3] ?? "");
}
