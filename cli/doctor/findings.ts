import type { Abilities } from "./abilities";
import type { Facts, Finding } from "./report";

/** Certificates that expire sooner are worth a word. */
const SOON_DAYS = 30;

/** What of the facts is worth knowing, worst first. */
export function findingsOf(facts: Facts, resources: readonly Abilities[]): readonly Finding[] {
  const all = [
    ...ofConnection(facts),
    ...ofTls(facts),
    ...ofAgent(facts),
    ...ofServices(facts),
    ...ofLists(facts),
    ...ofResources(resources),
    ...ofRoundTrip(facts),
  ];
  return (["error", "warning", "note"] as const).flatMap((severity) =>
    all.filter((each) => each.severity === severity),
  );
}

function* ofConnection({ connection }: Facts): Generator<Finding> {
  if (!connection) return;
  const { problem, encrypted, local } = connection;
  if (problem) yield { severity: "error", topic: "connection", text: problem.text, remedy: inFlags(problem.remedy) };
  if (!encrypted && !local) {
    yield {
      severity: "warning",
      topic: "connection",
      text: "plain text leaves this machine: keys and tokens can be read on the way",
      remedy: "Switch on TLS at the agent, and give --tls-ca.",
    };
  }
}

function* ofTls({ connection }: Facts): Generator<Finding> {
  const { protocol, http2, certificate, clientCertificate } = connection?.tls ?? {};
  if (certificate && certificate.daysLeft >= 0 && certificate.daysLeft < SOON_DAYS) {
    yield {
      severity: "warning",
      topic: "tls",
      text: `the agent's certificate expires in ${certificate.daysLeft} days, on ${certificate.validTo}`,
      remedy: "Renew it on the agent.",
    };
  }
  if (protocol === "TLSv1.2") {
    yield { severity: "warning", topic: "tls", text: "the agent speaks no TLS 1.3", remedy: "Update the agent." };
  }
  if (protocol !== undefined && http2 === false) {
    yield { severity: "note", topic: "tls", text: "the agent did not agree to HTTP/2 in the handshake (ALPN h2)" };
  }
  if (clientCertificate === "notRequired" && connection?.local === false) {
    yield { severity: "note", topic: "tls", text: "the agent asks no client for a certificate (no mutual TLS)" };
  }
}

function* ofAgent({ health, dialect, connection }: Facts): Generator<Finding> {
  if (health?.status !== undefined && health.status !== "SERVING") {
    yield {
      severity: "warning",
      topic: "agent",
      text: `the agent says of its own health: ${health.status}`,
      remedy: "Look into its log, and whether SPDK runs.",
    };
  }
  if (dialect?.found === "careful" && !dialect.told) {
    yield {
      severity: "warning",
      topic: "agent",
      text: "of which kind the agent is could not be found out: it is treated with the most care, and previews promise less",
      remedy: "If you know it, say so by opi:dialect: intel, nvidia, marvell, spdk-bridge.",
    };
  }
  if (dialect?.told && dialect.found !== undefined && dialect.found !== dialect.name) {
    yield {
      severity: "note",
      topic: "agent",
      text: `it was told to be ${dialect.name}; asking it finds ${dialect.found}`,
    };
  }
  if (dialect && !dialect.concurrentWrites && connection?.reached) {
    yield {
      severity: "note",
      topic: "agent",
      text: "writes are sent one by one: it is not known to stand several at once",
    };
  }
}

function* ofServices({ calls }: Facts): Generator<Finding> {
  if (calls.length > 0 && calls.every(({ outcome }) => outcome === "unimplemented")) {
    yield {
      severity: "error",
      topic: "services",
      text: "what listens there speaks gRPC, but answers no call of the OPI Storage API: it is no OPI agent",
      remedy: "Correct the address.",
    };
    return;
  }
  for (const { noun, method, outcome, said } of calls) {
    if (outcome === "fails")
      yield { severity: "warning", topic: "services", text: `${method} of ${noun} fails: ${said ?? ""}` };
  }
}

function* ofLists({ lists }: Facts): Generator<Finding> {
  for (const { noun, parent, traps } of lists) {
    const where = parent === undefined ? "" : ` below ${parent}`;
    for (const { kind, text } of traps) {
      const harmless = kind === "pageSizeIgnored" || kind === "bareNames";
      yield { severity: harmless ? "note" : "warning", topic: "lists", text: `the list of ${noun}${where}: ${text}` };
    }
  }
}

function* ofResources(resources: readonly Abilities[]): Generator<Finding> {
  const lacking = (ability: "create" | "read" | "delete"): string[] =>
    resources.filter((each) => each[ability].works === "no").map(({ noun }) => noun);
  for (const ability of ["create", "read", "delete"] as const) {
    const nouns = lacking(ability);
    if (nouns.length === 0) continue;
    yield { severity: "warning", topic: "resources", text: `${ability} does not work for ${nouns.join(", ")}` };
  }
  const blind = resources.filter(({ refresh }) => refresh.works === "partly").map(({ noun }) => noun);
  if (blind.length > 0) {
    const text = `a refresh does not see every change of ${blind.join(", ")}: reads do not tell all properties`;
    yield { severity: "warning", topic: "resources", text };
  }
  const ignoring = resources.filter(({ ignored }) => ignored.length > 0).map(({ noun }) => noun);
  if (ignoring.length > 0) {
    const text = `some properties are dropped without a word on creates of ${ignoring.join(", ")}`;
    yield { severity: "warning", topic: "resources", text };
  }
  if (resources.some(({ delete: { works } }) => works === "partly")) {
    const text = "the agent forgets its objects when it restarts, while SPDK keeps them";
    yield { severity: "warning", topic: "resources", text };
  }
}

function* ofRoundTrip({ roundTrip, leftovers }: Facts): Generator<Finding> {
  if (leftovers.length > 0) {
    yield {
      severity: "warning",
      topic: "roundTrip",
      text: `an earlier round trip left ${leftovers.join(", ")}`,
      remedy: "Delete them, unless another doctor is at work just now.",
    };
  }
  if (!roundTrip) return;
  const { left, skipped, steps, interrupted } = roundTrip;
  if (left !== undefined) yield { severity: "error", topic: "roundTrip", text: `left behind: ${left}` };
  if (interrupted) yield { severity: "error", topic: "roundTrip", text: "the round trip was interrupted" };
  if (skipped !== undefined) yield { severity: "note", topic: "roundTrip", text: `not tried: ${skipped}` };
  for (const { step, outcome, text } of steps) {
    const told = `${step} of a null volume ${outcome === "differs" ? "is not what was asked for" : "fails"}: ${text ?? ""}`;
    if (outcome === "fails") yield { severity: "error", topic: "roundTrip", text: told };
    if (outcome === "differs") yield { severity: "warning", topic: "roundTrip", text: told };
  }
}

const FLAGS: readonly (readonly [RegExp, string])[] = [
  [/agent\.tls\.minVersion: TLSv1\.2/g, "OPI_TLS_MIN_VERSION=TLSv1.2"],
  [/agent\.tls\.ca/g, "--tls-ca"],
  [/agent\.tls\.cert/g, "--tls-cert"],
  [/agent\.tls\.key/g, "--tls-key"],
  [/agent\.tls\.serverName/g, "--server-name"],
  [/agent\.tls(?!\.?\w)/g, "--tls or --tls-ca"],
  [/agent\.address/g, "--agent"],
  [/agent\.insecure/g, "--insecure"],
  [/agent\.metadata/g, "--token-file"],
];

/** The client speaks of properties of a program; here there are flags. */
function inFlags(remedy: string | undefined): string | undefined {
  return FLAGS.reduce((text, [property, flag]) => text?.replace(property, flag), remedy);
}
