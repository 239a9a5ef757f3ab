import { isIP } from "node:net";
import { connect } from "node:tls";
import type { TLSSocket } from "node:tls";
import type { Address } from "../../../provider/client/config/address";
import type { TlsMaterial } from "../../../provider/client/config/tls";

/** What a TLS handshake shows, whether or not what it shows is trusted. */
export interface TlsFacts {
  readonly protocol?: string;
  readonly cipher?: string;
  /** Whether the other side agreed to HTTP/2, which gRPC needs. */
  readonly http2?: boolean;
  /** Whether the agent only lets in who shows a certificate (mutual TLS). */
  readonly clientCertificate: "required" | "notRequired" | "unknown";
  readonly certificate?: CertificateFacts;
}

export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** Names and addresses that it is for. */
  readonly names: readonly string[];
  readonly validFrom: string;
  readonly validTo: string;
  /** Whole days until it expires; negative once it has. */
  readonly daysLeft: number;
  readonly fingerprint256: string;
}

const PATIENCE_MS = 2_000;
/** With TLS 1.3 a missing client certificate is refused only after the handshake looks finished to the client. */
const AFTERMATH_MS = 300;
const DAY_MS = 24 * 3600 * 1000;

/** Looks once with our certificate, and once without any to learn whether one is asked for. */
export async function lookAtTls(address: Address, tls: TlsMaterial): Promise<TlsFacts> {
  const without = await handshake(address, { ...tls, cert: undefined, key: undefined });
  const own = tls.cert === undefined ? without : await handshake(address, tls);
  const clientCertificate =
    without.end === "kept" ? "notRequired" : without.end === "refused" ? "required" : ("unknown" as const);
  return { ...(own.seen ?? without.seen ?? {}), clientCertificate };
}

interface Handshake {
  readonly seen?: Omit<TlsFacts, "clientCertificate">;
  /** Whether the connection was still there a moment after the handshake. */
  readonly end: "kept" | "refused" | "failed";
}

function handshake(address: Address, { ca, cert, key, minVersion, serverName }: TlsMaterial): Promise<Handshake> {
  const where = address.kind === "tcp" ? { host: address.host, port: address.port } : { path: address.path };
  const name = serverName ?? (address.kind === "tcp" ? address.host : "localhost");
  return new Promise((resolve) => {
    // Only looked at: nothing is sent over it, and whether the certificate is trusted is told elsewhere.
    const socket = connect({
      ...where,
      ...{ ca, cert, key, minVersion },
      servername: isIP(name) ? "" : name,
      ALPNProtocols: ["h2"],
      rejectUnauthorized: false,
    });
    let seen: Handshake["seen"];
    const finish = (end: Handshake["end"]): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ seen, end });
    };
    let timer = setTimeout(() => finish("failed"), PATIENCE_MS);
    socket.once("secureConnect", () => {
      seen = factsOf(socket);
      clearTimeout(timer);
      timer = setTimeout(() => finish("kept"), AFTERMATH_MS);
    });
    // Without a reader the end of the stream would go unnoticed.
    socket.resume();
    const refused = (code: string): boolean =>
      seen !== undefined || /ALERT_(CERTIFICATE|BAD_CERTIFICATE|HANDSHAKE|UNKNOWN_CA)/.test(code);
    socket.on("error", (error: NodeJS.ErrnoException) => finish(refused(error.code ?? "") ? "refused" : "failed"));
    socket.on("close", () => finish(seen ? "refused" : "failed"));
  });
}

function factsOf(socket: TLSSocket): Handshake["seen"] {
  const certificate = socket.getPeerX509Certificate();
  return {
    protocol: socket.getProtocol() ?? undefined,
    cipher: socket.getCipher().standardName,
    http2: socket.alpnProtocol === "h2",
    ...(certificate
      ? {
          certificate: {
            subject: onOneLine(certificate.subject),
            issuer: onOneLine(certificate.issuer),
            names: (certificate.subjectAltName ?? "").split(", ").filter((name) => name !== ""),
            validFrom: new Date(certificate.validFrom).toISOString(),
            validTo: new Date(certificate.validTo).toISOString(),
            daysLeft: Math.floor((Date.parse(certificate.validTo) - Date.now()) / DAY_MS),
            fingerprint256: certificate.fingerprint256,
          },
        }
      : {}),
  };
}

/** Node writes one part of a distinguished name a line. */
const onOneLine = (name: string | undefined): string => (name ?? "").split("\n").join(", ");
