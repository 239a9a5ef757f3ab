import { createPrivateKey, X509Certificate } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";

/** What a property that takes PEM text or a path of a PEM file turned out to hold. */
export type Pem<T> = { readonly text: string; readonly value: T } | { readonly reason: string };

/** All certificates of a PEM text or file. */
export function certificates(textOrPath: string): Pem<readonly X509Certificate[]> {
  const read = readPem(textOrPath, true);
  if ("reason" in read) return read;
  const blocks = read.text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g);
  if (!blocks) return { reason: "holds no PEM certificate (-----BEGIN CERTIFICATE-----)" };
  try {
    return { text: read.text, value: blocks.map((block) => new X509Certificate(block)) };
  } catch {
    return { reason: "holds a certificate that cannot be decoded" };
  }
}

/** The private key of a PEM text or file. Its reasons say nothing of the value, which may be the key itself. */
export function privateKey(textOrPath: string): Pem<KeyObject> {
  const read = readPem(textOrPath, false);
  if ("reason" in read) return read;
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(read.text)) return { reason: "holds no PEM private key" };
  if (read.text.includes("ENCRYPTED")) {
    return { reason: "is protected by a passphrase; give an unprotected key (openssl pkey -in key.pem)" };
  }
  try {
    return { text: read.text, value: createPrivateKey(read.text) };
  } catch {
    return { reason: "holds a private key that cannot be decoded" };
  }
}

function readPem(textOrPath: string, mayShow: boolean): { readonly text: string } | { readonly reason: string } {
  if (textOrPath.includes("-----BEGIN")) return { text: textOrPath };
  const named = mayShow && !textOrPath.includes("\n") && textOrPath.length < 200 ? ` "${textOrPath}"` : "";
  if (textOrPath.trim() === "" || textOrPath.includes("\n")) return { reason: "is neither PEM text nor a path" };
  try {
    return { text: readFileSync(textOrPath, "utf8") };
  } catch (error) {
    // fs errors carry the path in their message, so only the code is told.
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    return { reason: `is no PEM text, and as a file${named} it cannot be read (${code})` };
  }
}
