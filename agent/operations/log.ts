import pino, { type DestinationStream, type Logger } from "pino";

/** Fields that hold keys on OPI's wire, in SPDK's JSON-RPC and in metadata, wherever in a line they stand. */
const SECRET_FIELDS = ["key", "key2", "psk", "token", "authorization", "dhchapKey", "dhchap_key"];
const DEPTHS = ["", "*.", "*.*.", "*.*.*."];

/** Keys by their looks: NVMe's interchange formats, PEM, bearer tokens, XTS keys (32 bytes or more) in hexadecimal. */
const SECRET_TEXTS = [
  /(?:NVMeTLSkey-1|DHHC-1):[0-9A-Za-z:+/=]*/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|(?="))/g,
  /\bBearer [^"\\\s]+/g,
  /\b[0-9a-fA-F]{64,}\b/g,
];

const SECRET = "[secret]";

/**
 * The agent's log: JSON lines, one for each call. No code logs requests, answers or parameters; should some do so one
 * day, or should SPDK quote a key in an error, this is the second line: by name of field, and by looks.
 */
export function agentLog(level: string, destination: DestinationStream): Logger {
  return pino(
    {
      name: "pulumi-opi-agent",
      level,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: DEPTHS.flatMap((depth) => SECRET_FIELDS.map((field) => depth + field)), censor: SECRET },
      hooks: { streamWrite: (line) => SECRET_TEXTS.reduce((text, secret) => text.replace(secret, SECRET), line) },
    },
    destination,
  );
}
