import tls from "node:tls";

import { ServerCredentials } from "@grpc/grpc-js";

import type { TlsOptions } from "../options";

/**
 * TLS 1.3 at least. grpc-js servers take a minimum version only from the process (tls.DEFAULT_MIN_VERSION), which this
 * therefore sets: it holds for everything in the process that does not name a version itself.
 */
export function serverCredentials(options: TlsOptions | undefined): ServerCredentials {
  if (options === undefined) return ServerCredentials.createInsecure();
  const cert = Buffer.from(options.cert);
  const key = Buffer.from(options.key);
  const ca = options.clientCa === undefined ? undefined : Buffer.from(options.clientCa);
  try {
    tls.createSecureContext({ cert, key, ca });
  } catch (error) {
    // The text of OpenSSL's error names the reason and never the key.
    throw new Error(
      `TLS: certificate, key or client CA cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
  Object.assign(tls, { DEFAULT_MIN_VERSION: "TLSv1.3" });
  return ServerCredentials.createSsl(ca ?? null, [{ cert_chain: cert, private_key: key }], ca !== undefined);
}
