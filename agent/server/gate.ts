import { Metadata, ServerInterceptingCall, type ServerInterceptor, type StatusObject } from "@grpc/grpc-js";

/** A call as it arrives, before anything of its request is read. */
export interface Arrival {
  /** Such as `/opi_api.storage.v1.NullVolumeService/CreateNullVolume`. */
  readonly path: string;
  readonly metadata: Metadata;
  /** The client's address without its port, which changes with each connection; `unix` on a unix socket. */
  readonly client: string;
}

export type Refusal = Pick<StatusObject, "code" | "details"> & { readonly metadata?: Metadata };

/** Answers calls that may not pass, before a handler sees them, on every service. */
export function gate(refuse: (arrival: Arrival) => Refusal | undefined): ServerInterceptor {
  return ({ path }, call) => {
    let refused = false;
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, proceed) => {
            const client = call.getConnectionInfo().remoteAddress ?? "unix";
            const refusal = refuse({ path, metadata, client });
            if (refusal === undefined) {
              proceed(metadata);
              return;
            }
            refused = true;
            call.sendStatus({ metadata: new Metadata(), ...refusal });
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
