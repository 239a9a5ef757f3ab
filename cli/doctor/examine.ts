import { status } from "@grpc/grpc-js";
import { typeByNoun } from "../../provider/catalogue";
import { canonicalAddress, connect, dialectByName, nameFor, OpiError, parseAddress } from "../../provider/client";
import type { AgentConfig, Dialect } from "../../provider/client";
import { CallError } from "../../provider/client/call-error";
import { isLocal } from "../../provider/client/config/address";
import { probe as probeOf } from "../../provider/client/probe";
import type { Probe } from "../../provider/client/probe";
import { abilitiesOf } from "./abilities";
import { findingsOf } from "./findings";
import { AgentGone } from "./probes/call";
import { lookAtCalls } from "./probes/calls";
import type { Looked } from "./probes/calls";
import { lookAtConnection } from "./probes/connection";
import { detect } from "./probes/dialect";
import type { Detected } from "./probes/dialect";
import { lookAtHealth } from "./probes/health";
import { measure } from "./probes/latency";
import type { Latency } from "./probes/latency";
import { lookAtReflection } from "./probes/reflection";
import { versionsOf } from "./probes/versions";
import { reportOf } from "./report";
import type { Facts, Finding, Report } from "./report";
import { isDoctors, roundTrip } from "./round-trip";
import type { Stop } from "./round-trip";

export interface Wishes {
  /** Whether the round trip may be made. */
  readonly write: boolean;
  readonly stop: Stop;
  /** Says what is under way. */
  readonly progress: (step: string) => void;
}

/** Examines an agent. Whatever is wrong with it is in the report; only faults of our own reject. */
export async function examine(config: AgentConfig, wishes: Wishes): Promise<Report> {
  const address = parseAddress(config.address);
  const agent = address.kind === "invalid" ? config.address : canonicalAddress(address);
  let facts: Facts = { agent, calls: [], lists: [], latency: [], leftovers: [] };
  let dialect: Dialect | undefined;
  const know = (more: Partial<Facts>): void => void (facts = { ...facts, ...more });
  const conclude = (more: readonly Finding[] = []): Report => {
    const resources = dialect ? abilitiesOf(dialect, facts.calls) : [];
    return reportOf(facts, resources, [...more, ...findingsOf(facts, resources)]);
  };

  try {
    const probe = probeOf(config);
    wishes.progress("connecting");
    const connection = await lookAtConnection(probe, address.kind !== "invalid" && isLocal(address));
    know({ connection });
    if (!connection.reached) return conclude();

    const asked = performance.now();
    know({ health: await lookAtHealth(probe) });
    know({ connection: { ...connection, firstAnswerMilliseconds: performance.now() - asked } });
    know({ reflection: await lookAtReflection(probe) });
    const detected = await detect(probe);
    dialect = dialectByName(config.dialect ?? "auto") ?? detected.found;
    know(introduction(config, facts, dialect, detected));

    const looked = await lookAtCalls(probe, dialect, (noun) => wishes.progress(`reading ${noun}`));
    const leftovers = (looked.names.get("NullVolume") ?? []).filter(isDoctors);
    know({ calls: looked.calls, lists: looked.lists, leftovers });
    if (looked.calls.some(({ outcome }) => outcome !== "unimplemented")) {
      wishes.progress("measuring");
      know({ latency: await latencies(probe, dialect, looked) });
      if (wishes.write && !wishes.stop.requested) {
        wishes.progress("making a volume, and taking it away again");
        know({ roundTrip: await roundTrip(connect(config), dialect, wishes.stop) });
      }
    } else {
      dialect = undefined;
    }
    return conclude();
  } catch (error) {
    const finding = findingOf(error, config);
    if (!finding) throw error;
    return conclude([finding]);
  }
}

function introduction(config: AgentConfig, { reflection }: Facts, used: Dialect, detected: Detected): Partial<Facts> {
  const { found, capabilities, evidence } = detected;
  const served = reflection?.served ? reflection.services : (capabilities?.services ?? []).map(({ name }) => name);
  return {
    versions: versionsOf(capabilities, served),
    dialect: {
      name: used.name,
      told: dialectByName(config.dialect ?? "auto") !== undefined,
      found: found.name,
      evidence,
      concurrentWrites: used.concurrentWrites,
    },
  };
}

/** A read of one object, and a list: what refreshes and walks are made of. */
async function latencies(probe: Probe, dialect: Dialect, { calls, samples }: Looked): Promise<readonly Latency[]> {
  const served = (noun: string, verb: "get" | "list"): boolean =>
    calls.some((each) => each.noun === noun && each.verb === verb && each.outcome === "answers");
  const noun = [...samples.keys()].find((each) => served(each, "get")) ?? "NullVolume";
  const type = typeByNoun(noun);
  const { get, list } = type.methods;
  const found: Latency[] = [];
  if (get && served(noun, "get")) {
    const name = samples.get(noun) ?? nameFor(dialect, type, "pulumi-opi-probe");
    found.push(await measure(probe, get, { name }));
  }
  const volumes = typeByNoun("NullVolume").methods.list ?? list;
  if (volumes && served("NullVolume", "list")) {
    found.push(await measure(probe, volumes, { pageSize: 50, pageToken: "" }));
  }
  return found;
}

/** What stopped the examination, when that is a fact about the agent or its configuration. */
function findingOf(error: unknown, config: AgentConfig): Finding | undefined {
  if (error instanceof AgentGone) {
    return {
      severity: "error",
      topic: "services",
      text: error.message,
      remedy: "Look into the agent's log: a call that only reads should end no agent.",
    };
  }
  if (error instanceof OpiError) {
    return { severity: "error", topic: "connection", text: error.detail, remedy: error.remedy };
  }
  if (!(error instanceof CallError)) return undefined;
  const { code, detail, remedy } = error.failure;
  const isRefused = code === status.UNAUTHENTICATED || code === status.PERMISSION_DENIED;
  return {
    severity: "error",
    topic: isRefused ? "agent" : "connection",
    text: isRefused ? `the agent does not let us in: ${status[code]}` : detail,
    remedy: isRefused
      ? Object.keys(config.metadata ?? {}).length > 0
        ? "It does not accept the token that it was given: renew it."
        : "Give it a token by --token-file, or OPI_TOKEN."
      : remedy,
  };
}
