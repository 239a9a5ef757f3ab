import type { Abilities, Ability } from "../abilities";
import type { Report } from "../report";
import { table } from "./table";

/** The report for a person at a terminal. */
export function text(report: Report): string {
  const parts = [
    `agent ${report.agent}`,
    section("Connection", connection(report)),
    section("Agent", agent(report)),
    section("Calls that read", calls(report)),
    section("Latency, one call at a time", latency(report)),
    section("Round trip", roundTrip(report)),
    section("What works", resources(report)),
    section("Why not, and the way round", reasons(report)),
    section("Findings", findings(report)),
    VERDICTS[report.verdict],
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

const VERDICTS = {
  ok: "The agent can be used.",
  limited: "The agent can be used, within the limits above.",
  unusable: "The agent cannot be used as it is.",
} as const;

const section = (title: string, body: string): string => (body === "" ? "" : `${title}\n${body}`);

type Row = readonly [label: string, value: string | undefined];
const facts = (rows: readonly Row[]): string =>
  table(rows.flatMap(([label, value]) => (value === undefined || value === "" ? [] : [[label, value]])));

function connection({ connection: found }: Report): string {
  if (!found) return "";
  const { reached, transport, local, encrypted, dialMilliseconds, firstAnswerMilliseconds, tls } = found;
  const { certificate } = tls ?? {};
  const place = transport === "unix" ? "unix socket" : local ? "TCP, on this machine" : "TCP";
  const mutual = {
    required: "client certificate required (mutual TLS)",
    notRequired: "no client certificate asked for",
  };
  const answered = firstAnswerMilliseconds === undefined ? "" : `, first answer ${ms(firstAnswerMilliseconds)} later`;
  return facts([
    ["reached", `${reached ? "yes" : "no"}, ${place}`],
    ["dialled in", dialMilliseconds === undefined ? undefined : `${ms(dialMilliseconds)}${answered}`],
    ["TLS", !encrypted ? "no: plain text" : [tls?.protocol, tls?.cipher].filter(Boolean).join(", ") || "no handshake"],
    ["", tls && tls.clientCertificate !== "unknown" ? mutual[tls.clientCertificate] : undefined],
    ["certificate", certificate && `${certificate.subject}, for ${certificate.names.join(", ") || "no name"}`],
    ["issued by", certificate?.issuer],
    ["valid", certificate && `${certificate.validFrom} to ${certificate.validTo} (${certificate.daysLeft} days left)`],
    ["SHA-256", certificate?.fingerprint256],
  ]);
}

function agent({ versions, dialect, health, reflection }: Report): string {
  if (!health) return "";
  const { agent: name, agentVersion, storageVersion, identity, contract = [] } = versions ?? {};
  const [first, ...rest] = dialect?.evidence ?? [];
  const why = (each: typeof first): string | undefined => each && `${each.asked}: ${each.answered}`;
  const vendors = (reflection?.services ?? []).filter((service) => !/^(opi_|grpc\.)/.test(service));
  return facts([
    ["agent", name && `${name} ${agentVersion ?? ""}`.trim()],
    ["storage", storageVersion],
    ["identity", identity],
    ["contract", contract.join(", ")],
    [
      "dialect",
      dialect && `${dialect.name}${dialect.told ? `, as told; asking finds ${dialect.found ?? "none"}` : ""}`,
    ],
    ["because", why(first)],
    ...rest.map((each): Row => ["", why(each)]),
    ["writes", dialect && (dialect.concurrentWrites ? "several at once" : "one by one")],
    ["health", health.status ?? `not told (${health.said ?? "no such service"})`],
    ["reflection", reflection && (reflection.served ? `${reflection.services.length} services` : "none")],
    ["beside OPI", vendors.join(", ")],
  ]);
}

function calls({ calls: looked, lists }: Report): string {
  const nouns = [...new Set(looked.map(({ noun }) => noun))];
  const mark = { answers: "yes", unimplemented: "UNIMPLEMENTED", fails: "fails" } as const;
  const rows = nouns.map((noun) => {
    const of = (verb: string): string => {
      const found = looked.find((each) => each.noun === noun && each.verb === verb);
      return found ? mark[found.outcome] : "–";
    };
    const own = lists.filter((each) => each.noun === noun);
    const entries = own.length > 0 ? String(own.reduce((sum, each) => sum + each.entries, 0)) : "";
    return [noun, of("list"), of("get"), of("stats"), entries];
  });
  return rows.length > 0 ? table([["", "list", "get", "stats", "entries seen"], ...rows]) : "";
}

function latency({ latency: found }: Report): string {
  const rows = found.map(({ method, object = "", calls: count, p50, p99 }) => [
    method,
    object,
    `${count} calls`,
    `p50 ${ms(p50)}`,
    `p99 ${ms(p99)}`,
  ]);
  return rows.length > 0 ? table(rows) : "";
}

function roundTrip({ roundTrip: trip }: Report): string {
  if (!trip) return "";
  if (trip.skipped !== undefined) return `  not tried: ${trip.skipped}`;
  const rows = trip.steps.map(({ step, outcome, milliseconds, text: said = "" }) => [
    step,
    outcome,
    milliseconds === undefined ? "" : ms(milliseconds),
    said,
  ]);
  return `  ${trip.object ?? ""}\n${table(rows)}`;
}

const VERBS = ["create", "read", "update", "delete", "import", "discover", "refresh", "stats"] as const;
const MARKS: Readonly<Record<Ability["works"], string>> = {
  yes: "yes",
  partly: "partly",
  replaces: "replaces",
  no: "NO",
  none: "–",
};

function resources({ resources: all }: Report): string {
  if (all.length === 0) return "";
  const rows = all.map((each) => [each.noun, ...VERBS.map((verb) => MARKS[each[verb].works])]);
  return table([["", ...VERBS], ...rows]);
}

/** Each reason once, with the verbs and types that it is for. */
function reasons({ resources: all }: Report): string {
  const lines = all.flatMap((each) => {
    const own = [...reasonsOf(each)];
    return own.length > 0 ? [`  ${each.noun}`, ...own.map((line) => `    ${line}`)] : [];
  });
  return lines.join("\n");
}

function* reasonsOf(each: Abilities): Generator<string> {
  const verbs = new Map<string, string[]>();
  for (const verb of VERBS) {
    const { why, works } = each[verb];
    const isContract = works === "replaces" && why?.startsWith("By the contract");
    if (why !== undefined && !isContract) verbs.set(why, [...(verbs.get(why) ?? []), verb]);
  }
  for (const [why, names] of verbs) yield `${names.join(", ")}: ${why}`;
  if (each.ignored.length > 0) yield `dropped without a word: ${each.ignored.join(", ")}`;
  for (const [property, why] of Object.entries(each.refused)) yield `${property} is refused: ${why}`;
  for (const [property, values] of Object.entries(each.accepted)) yield `${property} takes only ${values.join(", ")}`;
}

function findings({ findings: all }: Report): string {
  return all
    .map(({ severity, text: said, remedy }) => {
      const next = remedy === undefined ? "" : `\n  ${" ".repeat(9)}${remedy}`;
      return `  ${severity.padEnd(8)} ${said}${next}`;
    })
    .join("\n");
}

const ms = (milliseconds: number): string => `${Number(milliseconds.toPrecision(3))} ms`;
