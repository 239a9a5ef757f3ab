import { randomUUID } from "node:crypto";

import type { Metadata, ServerInterceptingCallInterface } from "@grpc/grpc-js";

/** Which call it is, and whose: what a line of the log tells beside method and outcome. */
export interface CallIdentity {
  /** The client's own `x-request-id`, or one made here; it goes back with the answer. */
  readonly requestId: string;
  /** From W3C Trace Context's `traceparent`, so that the line is found from a trace. */
  readonly traceId?: string;
  /** Address and port, or `unix`. */
  readonly peer: string;
  /** Who the client's certificate says it is, with mutual TLS. */
  readonly client?: string;
}

const REQUEST_ID = /^[\x21-\x7e]{1,128}$/;
const TRACE_PARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-/;

export function callIdentity(call: ServerInterceptingCallInterface, metadata: Metadata): CallIdentity {
  const { remoteAddress } = call.getConnectionInfo();
  const [requestId] = metadata.get("x-request-id");
  const [parent] = metadata.get("traceparent");
  const traceId = typeof parent === "string" ? TRACE_PARENT.exec(parent)?.[1] : undefined;
  const subject = call.getAuthContext().sslPeerCertificate?.subject;
  return {
    requestId: typeof requestId === "string" && REQUEST_ID.test(requestId) ? requestId : randomUUID(),
    ...(traceId === undefined ? {} : { traceId }),
    peer: remoteAddress === undefined ? "unix" : call.getPeer(),
    ...(subject?.CN === undefined ? {} : { client: String(subject.CN) }),
  };
}
