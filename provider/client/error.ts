import { status } from "@grpc/grpc-js";

/** What was being done when a call failed. */
export interface Attempt {
  /** In words, `create NvmeSubsystem`. */
  readonly action: string;
  /** Resource name or id, when there is one. */
  readonly object?: string;
  /** Address of the agent. */
  readonly agent: string;
}

/**
 * The one error of client and life cycle: what was attempted, on which agent and object, what the agent said, and what
 * to do next. Codes keep their gRPC meaning. Never carries requests, answers or anything secret.
 */
export class OpiError extends Error {
  override readonly name = "OpiError";

  constructor(
    readonly code: status,
    /** What the agent, or the provider itself, said. */
    readonly detail: string,
    readonly attempt: Attempt,
    /** What to do next. */
    readonly remedy?: string,
    options?: { readonly cause?: unknown; readonly notSent?: boolean },
  ) {
    super(compose(code, detail, attempt, remedy), options);
    this.notSent = options?.notSent ?? false;
  }

  /** Whether the request provably never left, as when the connection was refused: nothing can have happened. */
  readonly notSent: boolean;

  /** Whether the request may have been carried out though no answer says so. */
  get outcomeUnknown(): boolean {
    const lost = [status.UNAVAILABLE, status.DEADLINE_EXCEEDED, status.CANCELLED].includes(this.code);
    return lost && !this.notSent;
  }

  /** Whether the agent could not be reached or did not answer, so that nothing is known of the object. */
  get unreachable(): boolean {
    return this.code === status.UNAVAILABLE || this.code === status.DEADLINE_EXCEEDED;
  }
}

function compose(code: status, detail: string, attempt: Attempt, remedy: string | undefined): string {
  const object = attempt.object ? ` ${attempt.object}` : "";
  const next = remedy ? `\n${remedy}` : "";
  return `cannot ${attempt.action}${object} on agent ${attempt.agent}: ${detail} (${status[code]})${next}`;
}
