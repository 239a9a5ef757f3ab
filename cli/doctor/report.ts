import type { Abilities } from "./abilities";
import type { CallLook } from "./probes/calls";
import type { Connection } from "./probes/connection";
import type { DialectFacts } from "./probes/dialect";
import type { Health } from "./probes/health";
import type { Latency } from "./probes/latency";
import type { ListLook } from "./probes/lists";
import type { Reflection } from "./probes/reflection";
import type { Versions } from "./probes/versions";
import type { RoundTrip } from "./round-trip";

/**
 * What `pulumi-opi doctor --json` prints. Members are only ever added while `reportVersion` stays; docs/doctor.md tells
 * what they mean. No member ever holds a key, a token or another secret.
 */
export interface Report {
  readonly reportVersion: 1;
  /** Address as it was given, in its canonical form when it has one. */
  readonly agent: string;
  readonly verdict: Verdict;
  readonly exitCode: 0 | 1 | 2;
  readonly connection?: Connection;
  readonly health?: Health;
  readonly reflection?: Reflection;
  readonly versions?: Versions;
  readonly dialect?: DialectFacts;
  readonly calls: readonly CallLook[];
  readonly lists: readonly ListLook[];
  readonly latency: readonly Latency[];
  readonly roundTrip?: RoundTrip;
  /** Volumes that earlier round trips could not remove. */
  readonly leftovers: readonly string[];
  /** What will and will not work, by resource type. */
  readonly resources: readonly Abilities[];
  readonly findings: readonly Finding[];
}

/** `ok`: no complaint. `limited`: usable, with warnings. `unusable`: not reached, no OPI agent, or it failed in use. */
export type Verdict = "ok" | "limited" | "unusable";

/** Something worth knowing. Errors make an agent unusable, warnings limit it, notes do neither. */
export interface Finding {
  readonly severity: "error" | "warning" | "note";
  readonly topic: "connection" | "tls" | "agent" | "services" | "lists" | "resources" | "roundTrip";
  readonly text: string;
  /** What to do about it. */
  readonly remedy?: string;
}

/** What is known while the examination goes on; each part is absent until it has been looked at. */
export type Facts = Omit<Report, "reportVersion" | "verdict" | "exitCode" | "resources" | "findings">;

const EXIT_CODES = { ok: 0, limited: 1, unusable: 2 } as const;

export function reportOf(facts: Facts, resources: readonly Abilities[], findings: readonly Finding[]): Report {
  const worst = (severity: Finding["severity"]): boolean => findings.some((each) => each.severity === severity);
  const verdict: Verdict = worst("error") ? "unusable" : worst("warning") ? "limited" : "ok";
  return { reportVersion: 1, ...facts, verdict, exitCode: EXIT_CODES[verdict], resources, findings };
}
