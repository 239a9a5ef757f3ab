import { Metadata, ServerInterceptingCall, type ServerInterceptor } from "@grpc/grpc-js";
import type { Logger } from "pino";

import { Code } from "../aip/status";
import { callIdentity, type CallIdentity } from "./call-identity";

/** What is measured of a call. */
export interface EndedCall {
  readonly service: string;
  readonly method: string;
  /** Name of the gRPC code; `UNREADABLE` for a request that was too large, broken, or given up before it was whole. */
  readonly code: string;
  readonly seconds: number;
}

/**
 * Sees every call, the first of all interceptors: one line in the log for each, and its numbers. What a line tells of a
 * request is the name of its object and of its parent, nothing else: requests can hold keys.
 */
export class CallObserver {
  /** Ends of streams that do not end by themselves: somebody watches the health, or reads the reflection. */
  private readonly streams = new Set<() => void>();
  private running = 0;

  constructor(
    private readonly log: Logger,
    private readonly ended: (call: EndedCall) => void = () => undefined,
  ) {}

  /** Calls under way. */
  get underWay(): number {
    return this.running;
  }

  readonly interceptor: ServerInterceptor = ({ path, requestStream, responseStream }, call) => {
    const began = performance.now();
    const [, service = "", method = ""] = path.split("/");
    let identity: CallIdentity | undefined;
    let about: Subject = {};
    let read = false;
    let over = false;
    const end = (code: string, details: string): void => {
      if (over) return;
      over = true;
      this.running -= 1;
      this.streams.delete(endStream);
      const seconds = (performance.now() - began) / 1000;
      this.ended({ service, method, code, seconds });
      const line = {
        service,
        method,
        ...about,
        code,
        ...(details === "" ? {} : { reason: details }),
        milliseconds: Math.round(seconds * 10_000) / 10,
        ...identity,
      };
      this.log[levelOf(service, code)](line, "call");
    };
    const endStream = (): void => {
      const status = { code: Code.UNAVAILABLE, details: "the agent stops", metadata: new Metadata() };
      end(Code[status.code], status.details);
      call.sendStatus(status);
    };
    this.running += 1;
    if (requestStream || responseStream) this.streams.add(endStream);
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, proceed) => {
            identity = callIdentity(call, metadata);
            proceed(metadata);
          },
          onReceiveMessage: (message: object, proceed) => {
            read = true;
            about = subjectOf(message);
            proceed(message);
          },
          // Comes at the end of every call, and is news only where no status was sent.
          onCancel: () => end(read ? Code[Code.CANCELLED] : "UNREADABLE", ""),
        }),
      sendStatus: (status, proceed) => {
        const metadata = status.metadata ?? new Metadata();
        if (identity !== undefined) metadata.set("x-request-id", identity.requestId);
        end(Code[status.code ?? Code.UNKNOWN] ?? "UNKNOWN", status.code === Code.OK ? "" : (status.details ?? ""));
        proceed({ ...status, metadata });
      },
    });
  };

  /** Ends what would go on for ever. */
  endStreams(): void {
    for (const endStream of [...this.streams]) endStream();
  }
}

interface Subject {
  readonly name?: string;
  readonly parent?: string;
}

/** The only parts of a request that are ever logged. */
function subjectOf(request: object): Subject {
  const { name, parent } = request as { readonly name?: unknown; readonly parent?: unknown };
  return {
    ...(typeof name === "string" && name !== "" ? { name } : {}),
    ...(typeof parent === "string" && parent !== "" ? { parent } : {}),
  };
}

function levelOf(service: string, code: string): "debug" | "info" | "warn" | "error" {
  if (code === Code[Code.INTERNAL] || code === Code[Code.UNKNOWN]) return "error";
  if (code === Code[Code.UNAUTHENTICATED]) return "warn";
  // Probes ask every few seconds, for ever.
  return service === "grpc.health.v1.Health" ? "debug" : "info";
}
