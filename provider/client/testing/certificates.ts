import "reflect-metadata";
import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import type { X509Certificate } from "@peculiar/x509";
import { webcrypto } from "node:crypto";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY = 24 * 3600 * 1000;

export interface Identity {
  readonly cert: string;
  readonly key: string;
}

export interface Authority {
  /** The CA's own certificate. */
  readonly cert: string;
  issue(names: readonly string[], validity?: { readonly from?: number; readonly days?: number }): Promise<Identity>;
}

/** A certificate authority for one test. */
export async function authority(name = "test CA"): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const root = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    notBefore: new Date(Date.now() - 400 * DAY),
    notAfter: new Date(Date.now() + 400 * DAY),
    keys,
    signingAlgorithm: algorithm,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  return { cert: root.toString("pem"), issue: (names, validity) => issue(root, keys, names, validity) };
}

async function issue(
  root: X509Certificate,
  { privateKey: signingKey }: webcrypto.CryptoKeyPair,
  names: readonly string[],
  { from = Date.now() - DAY, days = 30 }: { readonly from?: number; readonly days?: number } = {},
): Promise<Identity> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.create({
    subject: `CN=${names[0] ?? "client"}`,
    issuer: root.subject,
    notBefore: new Date(from),
    notAfter: new Date(from + days * DAY),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: algorithm,
    extensions: [
      new SubjectAlternativeNameExtension(
        names.map((value) => ({ type: /^[0-9.]+$/.test(value) ? "ip" : "dns", value }) as const),
      ),
    ],
  });
  const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { cert: certificate.toString("pem"), key: PemConverter.encode(key, "PRIVATE KEY") };
}
