import { status } from "@grpc/grpc-js";
import type { CallFailure } from "./call-error";
import { OpiError } from "./error";
import type { Attempt } from "./error";

/** What is known beside the failure itself. */
export interface Circumstances {
  /** Full name of the service called. */
  readonly service: string;
  /** Name of the agent's dialect and why it lacks the call, once known. */
  readonly dialect?: string;
  readonly unavailable?: string;
  /** Whether metadata is configured. */
  readonly hasMetadata: boolean;
  /** Values that must not be told: agents are known to quote what they were sent. */
  readonly secrets: readonly string[];
}

/** The error for the person at the terminal. */
export function explain(failure: CallFailure, attempt: Attempt, circumstances: Circumstances): OpiError {
  const detail = told(failure.detail, circumstances.secrets);
  return new OpiError(failure.code, detail, attempt, failure.remedy ?? remedy(failure.code, circumstances), {
    notSent: failure.notSent,
  });
}

/** What an agent said, fit to be shown. */
export function told(detail: string, secrets: readonly string[]): string {
  return withoutSecrets(oneLine(detail), secrets) || "it gave no reason";
}

/** Values of metadata, as they are sent and without the scheme before a token. */
export function secretsOfMetadata(metadata: Readonly<Record<string, string>> = {}): readonly string[] {
  return Object.values(metadata).flatMap((value) => [value, value.replace(/^\w+ /, "")]);
}

function remedy(code: status, { service, dialect, unavailable, hasMetadata }: Circumstances): string | undefined {
  switch (code) {
    case status.UNIMPLEMENTED:
      return (
        unavailable ??
        `The agent does not serve this call of ${service}${dialect ? ` (dialect ${dialect})` : ""}. ` +
          "Use an agent that does, or leave the resource out."
      );
    case status.UNAUTHENTICATED:
      return hasMetadata
        ? "The agent does not accept the credentials in agent.metadata: renew the token."
        : "The agent asks for credentials: give them as agent.metadata, such as authorization, or as OPI_TOKEN.";
    case status.PERMISSION_DENIED:
      return "The agent knows the caller and does not allow this: use other credentials or have them extended.";
    case status.RESOURCE_EXHAUSTED:
      return "The agent or its device is full or busy: free something there, or try again later.";
    case status.UNAVAILABLE:
      return "Check that the agent runs and can be reached, then try again.";
    case status.DEADLINE_EXCEEDED:
      return "It may still have been done: refresh shows it. Raise agent.deadlines, or customTimeouts, when the agent is slow.";
    default:
      return undefined;
  }
}

/** Too short a value would blank out ordinary words. */
const SHORTEST_SECRET = 6;

function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text);
}

/** Errors are read on a terminal: no line breaks and control characters of others' making, no endless texts. */
function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what must go
  const flat = text.replace(/[\u0000-\u001f\u007f]+/g, " ").trim();
  return flat.length > 2000 ? `${flat.slice(0, 2000)}…` : flat;
}
