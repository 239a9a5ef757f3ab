import type { AgentConfig } from "../agent";
import { dialectNames } from "../dialect";
import { isLocal, parseAddress } from "./address";
import { below } from "./failure";
import type { ConfigFailure } from "./failure";
import { readTls } from "./tls";

/** Most attempts: grpc-js counts any more as five (gRFC A6). */
export const MOST_ATTEMPTS = 5;
/** Every key of AgentConfig: programs without types misspell them. */
const SETTINGS: readonly string[] = Object.keys({
  address: true,
  tls: true,
  insecure: true,
  metadata: true,
  dialect: true,
  identity: true,
  deadlines: true,
  attempts: true,
  onExisting: true,
  deleteUnreachable: true,
} satisfies Record<keyof AgentConfig, true>);
/** A week: more is a mistake in the unit. */
const LONGEST_DEADLINE = 7 * 24 * 3600;

/**
 * Everything wrong with a configuration, by property path; empty when it is usable. Reads certificate files, contacts
 * nobody. Values come from programs without types and from the environment, so that types are checked too.
 */
export function checkConfig(config: AgentConfig, property = "agent"): readonly ConfigFailure[] {
  const failures: ConfigFailure[] = [];
  const given: { readonly [K in keyof AgentConfig]?: unknown } = config;
  const fail = (path: string, reason: string) => failures.push({ property: below(property, path), reason });

  for (const key of Object.keys(given)) {
    if (!SETTINGS.includes(key)) fail(key, `is no setting of an agent; there are ${SETTINGS.join(", ")}`);
  }
  if (typeof given.address !== "string") {
    fail("address", "is missing; give host:port, such as dpu1:50051, or unix:/path");
  } else {
    const address = parseAddress(given.address);
    if (address.kind === "invalid") fail("address", address.reason);
    else if (!isLocal(address) && given.tls === undefined && given.insecure !== true) {
      fail("tls", "is missing: plain text only goes to this machine. Give tls, or set insecure to true");
    }
  }

  if (given.tls !== undefined) {
    if (typeof given.tls !== "object" || given.tls === null) fail("tls", "is an object of ca, cert, key, …");
    else failures.push(...readTls(given.tls, below(property, "tls")).failures);
  }

  for (const key of ["insecure", "deleteUnreachable"] as const) {
    if (given[key] !== undefined && typeof given[key] !== "boolean") fail(key, "is true or false");
  }
  if (given.metadata !== undefined) failures.push(...checkMetadata(given.metadata, below(property, "metadata")));
  if (given.dialect !== undefined && !dialectNames.some((name) => name === given.dialect)) {
    fail("dialect", `is one of ${dialectNames.join(", ")}`);
  }
  if (given.identity !== undefined && (typeof given.identity !== "string" || given.identity.trim() === "")) {
    fail("identity", "is a name that is not empty");
  }
  if (given.onExisting !== undefined && given.onExisting !== "fail" && given.onExisting !== "adopt") {
    fail("onExisting", "is fail or adopt");
  }
  const { attempts } = given;
  if (
    attempts !== undefined &&
    !(typeof attempts === "number" && Number.isInteger(attempts) && attempts >= 1 && attempts <= MOST_ATTEMPTS)
  ) {
    fail("attempts", `is a whole number from 1 to ${MOST_ATTEMPTS}`);
  }
  for (const [key, value] of Object.entries((given.deadlines ?? {}) as Record<string, unknown>)) {
    if (!["connect", "read", "write"].includes(key)) fail(`deadlines.${key}`, "is none: connect, read and write are");
    else if (value !== undefined && !(typeof value === "number" && value > 0 && value <= LONGEST_DEADLINE)) {
      fail(`deadlines.${key}`, `is a number of seconds above 0, at most ${LONGEST_DEADLINE}`);
    }
  }
  return failures;
}

/** Header names and values as gRPC allows them; values are secret and never told. */
function checkMetadata(metadata: unknown, property: string): ConfigFailure[] {
  if (typeof metadata !== "object" || metadata === null)
    return [{ property, reason: "is an object of names and texts" }];
  return Object.entries(metadata).flatMap(([name, value]) => {
    const at = below(property, name);
    if (!/^[0-9a-zA-Z_.-]+$/.test(name)) {
      return { property: at, reason: "has a name with other characters than letters, digits, _ . and -" };
    }
    if (/^grpc-/i.test(name)) return { property: at, reason: "has a name that gRPC keeps for itself (grpc-…)" };
    if (/-bin$/i.test(name)) return { property: at, reason: "is binary by its name (…-bin); only text can be sent" };
    if (typeof value !== "string" || !/^[\x20-\x7e]+$/.test(value)) {
      return { property: at, reason: "is a text of printable ASCII that is not empty" };
    }
    return [];
  });
}
