import { X509Certificate } from "node:crypto";
import tls, { type SecureContextOptions } from "node:tls";

import type { TlsOptions } from "../options";

/** What a TLS server works with until it is given another. */
export interface TlsContext {
  readonly options: SecureContextOptions;
  /** Whether clients must show a certificate of the authority. */
  readonly mutual: boolean;
  /** When the certificate ends. */
  readonly notAfter: Date;
}

/** TLS 1.3 only: no older version, no renegotiation, no cipher to choose wrongly. Throws what is wrong with the files. */
export function tlsContext(given: TlsOptions): TlsContext {
  const cert = Buffer.from(given.cert);
  const key = Buffer.from(given.key);
  const ca = given.clientCa === undefined ? undefined : Buffer.from(given.clientCa);
  const options: SecureContextOptions = { cert, key, ca, minVersion: "TLSv1.3" };
  try {
    tls.createSecureContext(options);
    // Node takes any text for an authority, and then trusts nobody.
    if (ca !== undefined) new X509Certificate(ca);
    return { options, mutual: ca !== undefined, notAfter: new Date(new X509Certificate(cert).validTo) };
  } catch (error) {
    // The text of OpenSSL's error names the reason and never the key.
    throw new Error(
      `TLS: certificate, key or client CA cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}
