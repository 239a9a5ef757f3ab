import { status } from "@grpc/grpc-js";
import { connect as connectSocket } from "node:net";
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { ConnectionOptions } from "node:tls";
import type { Address } from "./config/address";
import type { TlsMaterial } from "./config/tls";

/** Why no connection comes about. */
export interface Diagnosis {
  readonly code: status;
  readonly detail: string;
  readonly remedy: string;
  /** Whether it may pass by itself, as while an agent restarts; certificates do not change by waiting. */
  readonly passing: boolean;
}

interface Target {
  readonly address: Address;
  readonly tls?: TlsMaterial;
}

const PROBE_MS = 2_000;
/** With TLS 1.3 a refusal of the client's certificate arrives after the handshake; it comes at once or not at all. */
const AFTERMATH_MS = 300;

/**
 * Looks why an agent cannot be reached, by dialling it once more without gRPC: grpc-js hands on only the text of the
 * last error, Node's own sockets give codes that can be told in words.
 *
 * @returns undefined when nothing is wrong that a socket can see
 */
export async function diagnose({ address, tls }: Target): Promise<Diagnosis | undefined> {
  const where = address.kind === "tcp" ? { host: address.host, port: address.port } : { path: address.path };
  const dialled = await outcome(connectSocket(where), "connect", 0);
  if (dialled !== "good") return refusal(dialled);
  if (!tls) return speaksTls(where);
  const serverName = tls.serverName ?? (address.kind === "tcp" ? address.host : "localhost");
  const handshake = await outcome(
    connectTls({
      ...where,
      ca: tls.ca,
      cert: tls.cert,
      key: tls.key,
      minVersion: tls.minVersion,
      servername: /^[0-9.]+$|:/.test(serverName) ? "" : serverName,
      ALPNProtocols: ["h2"],
      ...(tls.serverName ? { host: tls.serverName, ...where } : {}),
    }),
    "secureConnect",
    AFTERMATH_MS,
  );
  return handshake === "good" ? undefined : handshakeFailure(handshake, tls, serverName);
}

type Outcome = "good" | "timeout" | { readonly code: string; readonly afterHandshake: boolean };

/** Waits until the socket is connected and, for `aftermath` ms more, whether the other side takes it back. */
function outcome(socket: Socket, event: "connect" | "secureConnect", aftermath: number): Promise<Outcome> {
  return new Promise((resolve) => {
    let connected = false;
    let timer = setTimeout(() => finish("timeout"), PROBE_MS);
    const finish = (result: Outcome) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    socket.once(event, () => {
      connected = true;
      if (aftermath === 0) {
        finish("good");
        return;
      }
      clearTimeout(timer);
      timer = setTimeout(() => finish("good"), aftermath);
    });
    // Without a reader the end of the stream would go unnoticed.
    socket.resume();
    socket.on("error", (error: NodeJS.ErrnoException) =>
      finish({ code: error.code ?? error.message, afterHandshake: connected }),
    );
    socket.on("close", () => finish({ code: "CLOSED", afterHandshake: connected }));
  });
}

const startOrCorrect = (what: string) => `Start the agent, or correct the ${what} in agent.address.`;
const unresolved = [
  "the host name cannot be resolved",
  "Correct the host in agent.address, or the name service.",
] as const;
const REFUSALS: Readonly<Record<string, readonly [detail: string, remedy: string]>> = {
  ECONNREFUSED: ["connection refused: nothing listens there", startOrCorrect("host and port")],
  ENOENT: ["there is no such socket", startOrCorrect("path")],
  EACCES: ["this user may not open the socket", "Give this user access to the socket and its folders."],
  ENOTFOUND: unresolved,
  EAI_AGAIN: unresolved,
  ETIMEDOUT: ["the host does not answer", "Check that it runs, and that no firewall stands between."],
};
const PASSING: readonly string[] = ["ECONNREFUSED", "ENOENT", "ECONNRESET", "EAI_AGAIN"];

function refusal(result: Exclude<Outcome, "good">): Diagnosis {
  const code = result === "timeout" ? "ETIMEDOUT" : result.code;
  const network = [`no connection (${code})`, "Check the network between here and the agent."] as const;
  const [detail, remedy] = REFUSALS[code] ?? network;
  return unavailable(detail, remedy, PASSING.includes(code));
}

/** A plain-text client sees a TLS server hang up without a word; a handshake tells. */
async function speaksTls(where: ConnectionOptions): Promise<Diagnosis | undefined> {
  // Nothing is sent over this connection and it is closed at once, so who answers does not matter.
  const handshake = await outcome(connectTls({ ...where, rejectUnauthorized: false }), "secureConnect", 0);
  if (
    handshake !== "good" &&
    !(typeof handshake === "object" && /ALERT_(HANDSHAKE|CERTIFICATE)/.test(handshake.code))
  ) {
    return undefined;
  }
  return unavailable("the agent expects TLS, and was spoken to in plain text", "Give agent.tls.", false);
}

const CERTIFICATE: Readonly<Record<string, readonly [string, string]>> = {
  CERT_HAS_EXPIRED: ["the agent's certificate has expired", "Renew the certificate on the agent."],
  CERT_NOT_YET_VALID: [
    "the agent's certificate is not valid yet",
    "Check the clocks of this machine and the agent, or the certificate.",
  ],
  DEPTH_ZERO_SELF_SIGNED_CERT: [
    "the agent's certificate is self-signed and not trusted here",
    "Give the certificate itself, or the CA that the agent should use, as agent.tls.ca.",
  ],
  CERT_REVOKED: ["the agent's certificate has been revoked", "Give the agent a new certificate."],
};
const UNKNOWN_CA = [
  "the agent's certificate comes from a CA that is not trusted here",
  "Give that CA's certificate as agent.tls.ca.",
] as const;

function handshakeFailure(result: Exclude<Outcome, "good">, tls: TlsMaterial, serverName: string): Diagnosis {
  if (result === "timeout") {
    return unavailable(
      "the agent accepts connections but answers no TLS handshake",
      "Check what listens there.",
      false,
    );
  }
  const { code, afterHandshake } = result;
  const known =
    CERTIFICATE[code] ??
    (/^(UNABLE_TO_|SELF_SIGNED_CERT_IN_CHAIN|CERT_UNTRUSTED|INVALID_CA)/.test(code) ? UNKNOWN_CA : undefined);
  if (known) return unavailable(known[0], known[1], false);
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return unavailable(
      `the agent's certificate is not for ${serverName}`,
      "Set agent.tls.serverName to a name in the certificate, or address the agent by one.",
      false,
    );
  }
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|BAD_RECORD_TYPE|HTTP_REQUEST|UNEXPECTED_MESSAGE/.test(code)) {
    return unavailable(
      "the agent speaks plain text, and was spoken to in TLS",
      "Switch on TLS at the agent, or leave out agent.tls (and set agent.insecure if it is on another machine).",
      false,
    );
  }
  if (/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW/.test(code)) {
    return unavailable(
      `the agent does not speak ${tls.minVersion}`,
      tls.minVersion === "TLSv1.3"
        ? "Update the agent, or allow the older version by agent.tls.minVersion: TLSv1.2."
        : "Update the agent.",
      false,
    );
  }
  if (afterHandshake || /ALERT_(CERTIFICATE|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE|ACCESS)/.test(code)) {
    return tls.cert
      ? unavailable(
          "the agent refuses our client certificate",
          "Give a certificate from a CA that the agent trusts as agent.tls.cert and agent.tls.key.",
          false,
        )
      : unavailable(
          "the agent asks for a client certificate",
          "Give agent.tls.cert and agent.tls.key (mutual TLS).",
          false,
        );
  }
  return unavailable(`the TLS handshake failed (${code})`, "Check agent.tls and the agent's TLS settings.", true);
}

function unavailable(detail: string, remedy: string, passing: boolean): Diagnosis {
  return { code: status.UNAVAILABLE, detail, remedy, passing };
}
