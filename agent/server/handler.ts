import type { handleUnaryCall } from "@grpc/grpc-js";

import { toStatusError } from "../aip/status";

/** A method of a service as a plain function of its request. */
export type Method = (request: object) => Promise<object>;

/** Makes a method what grpc-js calls: errors become status codes. */
export function handler(name: string, method: Method): handleUnaryCall<object, object> {
  return (call, answer) => {
    method(call.request).then(
      (response) => answer(null, response),
      (error: unknown) => {
        const { name: object } = call.request as { readonly name?: unknown };
        const attempt = typeof object === "string" && object !== "" ? `${name} ${object}` : name;
        answer(toStatusError(error, attempt).toStatus());
      },
    );
  };
}
