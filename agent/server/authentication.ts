import { createHash, timingSafeEqual } from "node:crypto";

import { Metadata, ServerInterceptingCall, type ServerInterceptor } from "@grpc/grpc-js";

import { Code } from "../aip/status";

/**
 * Refuses calls without the token, on every service. Hashes are compared instead of the texts, so that neither length
 * nor content of the token can be measured.
 */
export function requireToken(token: string): ServerInterceptor {
  const expected = digest(`Bearer ${token}`);
  return (_method, call) => {
    let refused = false;
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, proceed) => {
            const given = metadata.get("authorization");
            const [value] = given;
            if (given.length === 1 && typeof value === "string" && timingSafeEqual(digest(value), expected)) {
              proceed(metadata);
              return;
            }
            refused = true;
            call.sendStatus({
              code: Code.UNAUTHENTICATED,
              details: "this agent needs the metadata `authorization: Bearer <token>` with its token",
              metadata: new Metadata(),
            });
          },
          onReceiveMessage: (message, proceed) => {
            if (!refused) proceed(message);
          },
          onReceiveHalfClose: (proceed) => {
            if (!refused) proceed();
          },
        }),
    });
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
