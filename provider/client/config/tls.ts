import type { X509Certificate } from "node:crypto";
import type { TlsConfig } from "../agent";
import type { ConfigFailure } from "./failure";
import { certificates, privateKey } from "./pem";

/** The contents of a TlsConfig, files read. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  /** Secret. */
  readonly key?: string;
  readonly serverName?: string;
  readonly minVersion: "TLSv1.2" | "TLSv1.3";
}

/** Reads and checks certificates and keys. */
export function readTls(
  tls: TlsConfig,
  property: string,
): { material: TlsMaterial; failures: readonly ConfigFailure[] } {
  const failures: ConfigFailure[] = [];
  const fail = (key: keyof TlsConfig, reason: string) => failures.push({ property: `${property}.${key}`, reason });

  const ca = isGiven(tls.ca) ? certificates(tls.ca) : undefined;
  const cert = isGiven(tls.cert) ? certificates(tls.cert) : undefined;
  const key = isGiven(tls.key) ? privateKey(tls.key) : undefined;
  if (ca && "reason" in ca) fail("ca", ca.reason);
  if (cert && "reason" in cert) fail("cert", cert.reason);
  if (key && "reason" in key) fail("key", key.reason);

  if (cert && !key) fail("key", "is missing: a client certificate needs its private key");
  if (key && !cert) fail("cert", "is missing: a private key needs its client certificate");

  // A bundle may well hold an expired CA beside good ones; only when none is left nothing can be verified.
  if (ca && "value" in ca && ca.value.every((each) => validity(each))) {
    fail("ca", `holds no valid certificate: ${validity(ca.value[0]) ?? ""}`);
  }
  if (cert && "value" in cert) {
    const own = cert.value[0];
    const problem = validity(own);
    if (problem) fail("cert", problem);
    if (own && key && "value" in key && !own.checkPrivateKey(key.value)) {
      fail("key", "does not belong to the client certificate in cert");
    }
  }

  const serverName: unknown = tls.serverName;
  if (serverName !== undefined && (typeof serverName !== "string" || !/^[A-Za-z0-9._:*-]{1,253}$/.test(serverName))) {
    fail("serverName", "is no host name");
  }
  const minVersion: unknown = tls.minVersion;
  if (minVersion !== undefined && minVersion !== "TLSv1.2" && minVersion !== "TLSv1.3") {
    fail("minVersion", "is TLSv1.2 or TLSv1.3");
  }

  const textOf = (pem: typeof ca | typeof key) => (pem && "text" in pem ? pem.text : undefined);
  const material: TlsMaterial = {
    ca: textOf(ca),
    cert: textOf(cert),
    key: textOf(key),
    serverName: tls.serverName,
    minVersion: tls.minVersion ?? "TLSv1.3",
  };
  return { material, failures };
}

/** Why a certificate is not valid now; undefined when it is. */
function validity(certificate: X509Certificate | undefined): string | undefined {
  if (!certificate) return "is empty";
  const now = Date.now();
  if (now > Date.parse(certificate.validTo)) return `expired on ${certificate.validTo}`;
  if (now < Date.parse(certificate.validFrom)) return `is not valid before ${certificate.validFrom}`;
  return undefined;
}

/** Programs without types hand in anything; environment variables hand in empty text for absence. */
const isGiven = (value: unknown): value is string => typeof value === "string" && value !== "";
