import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** One OPI call to the real bridge, and its answer. Messages are proto JSON with proto field names. */
export interface RecordedCall {
  readonly kind: "call";
  readonly case: string;
  readonly service: string;
  readonly method: string;
  readonly request: Json;
  readonly answer: Answer;
}

export type Json = Readonly<Record<string, unknown>>;

export type Answer =
  | { readonly kind: "response"; readonly response: Json }
  | { readonly kind: "error"; readonly code: string; readonly message: string }
  /** The process ended. */
  | { readonly kind: "death" };

/** Something that happened between calls: a restart, in the recorder's words. */
export interface RecordedEvent {
  readonly kind: "event";
  readonly case: string;
}

/** A line that is no call of the bridge, and what it is instead. */
export interface LeftOut {
  readonly kind: "left out";
  readonly case: string;
  readonly what: string;
}

export type Recorded = RecordedCall | RecordedEvent | LeftOut;

interface Line {
  readonly case: string;
  readonly service?: string;
  readonly method?: string;
  readonly request?: Json;
  readonly response?: Json;
  readonly error?: { readonly code: string; readonly message: string };
  readonly bridge_died?: unknown;
  readonly probe?: string;
  readonly http?: unknown;
  readonly qmp?: unknown;
  readonly skipped?: unknown;
}

/** Groups whose bridge ran with -kvm: its PCIe devices are plugged into a QEMU, which nothing here stands in for. */
const NEEDS_QEMU = "special.kvm";

/** All lines in the order of recording. */
export function loadRecording(): readonly Recorded[] {
  return (
    gunzipSync(readFileSync(join(__dirname, "../../data/bridge-grpc.jsonl.gz")))
      .toString("utf8")
      .split("\n")
      .filter((text) => text !== "")
      // The file is ours, and Line says what is in it.
      .map((text) => readLine(JSON.parse(text) as Line))
  );
}

/** What stands before the slash of a case: each group began with a fresh SPDK and a fresh bridge. */
export const groupOf = (name: string): string => name.slice(0, name.indexOf("/"));

function readLine(line: Line): Recorded {
  const leftOut = (what: string): LeftOut => ({ kind: "left out", case: line.case, what });
  if (line.probe !== undefined) return leftOut("a look at SPDK");
  if (line.http !== undefined) return leftOut("the HTTP gateway");
  if (line.case.startsWith(NEEDS_QEMU)) return leftOut("the bridge's -kvm mode, with a QEMU");
  if (line.skipped !== undefined) return leftOut("a request that the contract cannot express");
  const { service, method, request } = line;
  if (service !== undefined && method !== undefined && request !== undefined) {
    return { kind: "call", case: line.case, service, method, request, answer: answerOf(line) };
  }
  return /\/\(.*restarted/.test(line.case) ? { kind: "event", case: line.case } : leftOut("a note");
}

function answerOf({ response, error, bridge_died: died }: Line): Answer {
  if (died !== undefined) return { kind: "death" };
  if (error !== undefined) return { kind: "error", ...error };
  return { kind: "response", response: response ?? {} };
}
