import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import type { SpdkVersionName } from "../../agent/simulator";

/** One call to a real SPDK and its answer. */
export interface RecordedCall {
  readonly kind: "call";
  readonly case: string;
  readonly method: string;
  readonly params?: object;
  /** Some scenarios have a second SPDK, which the first one connects to. */
  readonly target: "first" | "second";
  readonly answer: RecordedAnswer;
}

export type RecordedAnswer =
  | { readonly kind: "result"; readonly result: unknown }
  | { readonly kind: "error"; readonly code: number; readonly message: string }
  /** SPDK died or hung. */
  | { readonly kind: "disaster"; readonly what: string };

/** Bytes sent as they are, and what came back. */
export interface RecordedBytes {
  readonly kind: "bytes";
  readonly case: string;
  readonly raw: string;
  readonly answer: string;
}

/** A look at a folder. */
export interface RecordedFiles {
  readonly kind: "files";
  readonly case: string;
  readonly files: readonly string[];
}

export type Recorded = RecordedCall | RecordedBytes | RecordedFiles;

interface Line {
  readonly case: string;
  readonly method?: string;
  readonly params?: object | null;
  readonly target?: "second";
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
  readonly transport_error?: string;
  readonly raw?: string;
  readonly answer?: string;
  readonly files?: readonly string[];
}

const FILES: Readonly<Record<SpdkVersionName, readonly string[]>> = {
  "24.05": ["spdk-24.05.jsonl.gz", "spdk-24.05-more.jsonl.gz"],
  "26.05": ["spdk-26.05.jsonl.gz"],
};

/** All lines of a version in the order of recording; notes about restarts (lines without a call) are left out. */
export function loadRecordings(version: SpdkVersionName): Recorded[] {
  return FILES[version].flatMap((file) =>
    gunzipSync(readFileSync(join(__dirname, "..", "data", file)))
      .toString("utf8")
      .split("\n")
      .filter((text) => text !== "")
      // The files are ours, and Line says what is in them.
      .map((text) => JSON.parse(text) as Line)
      .flatMap(readLine),
  );
}

function readLine(line: Line): Recorded[] {
  if (line.raw !== undefined) return [{ kind: "bytes", case: line.case, raw: line.raw, answer: line.answer ?? "" }];
  if (line.files !== undefined) return [{ kind: "files", case: line.case, files: line.files }];
  if (line.method === undefined) return [];
  return [
    {
      kind: "call",
      case: line.case,
      method: line.method,
      params: line.params ?? undefined,
      target: line.target ?? "first",
      answer: readAnswer(line),
    },
  ];
}

function readAnswer(line: Line): RecordedAnswer {
  if (line.transport_error !== undefined) return { kind: "disaster", what: line.transport_error };
  if (line.error !== undefined) return { kind: "error", ...line.error };
  return { kind: "result", result: line.result };
}

/** What stands before the slash of a case: within one, SPDK's state carries over. */
export function scenarioOf(caseName: string): string {
  return caseName.split("/")[0];
}
