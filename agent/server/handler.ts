import type { handleUnaryCall } from "@grpc/grpc-js";
import type { Logger } from "pino";

import { Code, toStatusError } from "../aip/status";

/** A method of a service as a plain function of its request. */
export type Method = (request: object) => Promise<object>;

/**
 * Makes a method what grpc-js calls: errors become status codes, and every call leaves one line in the log. The line
 * holds the object's name at most: requests can hold keys.
 */
export function handler(name: string, method: Method, log: Logger): handleUnaryCall<object, object> {
  return (call, answer) => {
    const started = performance.now();
    const about = subjectOf(call.request);
    const milliseconds = (): number => Math.round((performance.now() - started) * 10) / 10;
    method(call.request).then(
      (response) => {
        log.info({ method: name, ...about, code: "OK", milliseconds: milliseconds() }, "call");
        answer(null, response);
      },
      (error: unknown) => {
        const status = toStatusError(error, about.name === undefined ? name : `${name} ${about.name}`);
        const level = status.code === Code.INTERNAL ? "error" : "info";
        log[level](
          { method: name, ...about, code: Code[status.code], reason: status.message, milliseconds: milliseconds() },
          "call",
        );
        answer(status.toStatus());
      },
    );
  };
}

/** The only parts of a request that are ever logged. */
function subjectOf(request: object): { readonly name?: string; readonly parent?: string } {
  const { name, parent } = request as { readonly name?: unknown; readonly parent?: unknown };
  return {
    ...(typeof name === "string" && name !== "" ? { name } : {}),
    ...(typeof parent === "string" && parent !== "" ? { parent } : {}),
  };
}
