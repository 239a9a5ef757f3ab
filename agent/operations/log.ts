import pino, { type DestinationStream, type Logger } from "pino";

/** Fields that hold keys on OPI's wire, in SPDK's JSON-RPC and in metadata, wherever in a line they stand. */
const SECRET_FIELDS = "key|key2|psk|token|authorization|dhchapKey|dhchap_key";

/** A value as JSON writes it: a text, bytes (an object or a list, neither with another in it but for `data`), a number. */
const VALUE = String.raw`(?:"(?:[^"\\]|\\.)*"|\{[^{}]*\}|\[[^[\]]*\]|[^",}\]\s]+)`;

/** By their field; or by their looks: NVMe's interchange formats, PEM, bearer tokens, XTS keys in hexadecimal. */
const BY_FIELD = new RegExp(String.raw`"(${SECRET_FIELDS})":${VALUE}`, "g");
const BY_LOOKS = new RegExp(
  [
    "(?:NVMeTLSkey-1|DHHC-1):[0-9A-Za-z:+/=]*",
    String.raw`-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|(?="))`,
    String.raw`\bBearer [^"\\\s]+`,
    String.raw`\b[0-9a-fA-F]{64,}\b`,
  ].join("|"),
  "g",
);

const SECRET = "[secret]";

/**
 * The agent's log: JSON lines, one for each call. No code logs requests, answers or parameters; should some do so one
 * day, or should SPDK quote a key in an error, this is the second line: by name of field, and by looks. It works on the
 * written line, which takes some microseconds; pino's own redaction of fields at any depth takes fifty.
 */
export function agentLog(level: string, destination: DestinationStream): Logger {
  return pino(
    {
      name: "pulumi-opi-agent",
      level,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: {
        streamWrite: (line) => line.replace(BY_FIELD, `"$1":"${SECRET}"`).replace(BY_LOOKS, SECRET),
      },
    },
    destination,
  );
}
