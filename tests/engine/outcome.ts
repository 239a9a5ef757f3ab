import type { EngineEvent, OpType, PropertyDiff } from "@pulumi/pulumi/automation";

/** One step the engine took, or would take, on one resource. */
export interface Step {
  /** For a refresh, what reading changed: `same`, `update`, or `delete` for an object that is gone. */
  readonly op: OpType;
  readonly urn: string;
  /** The last part of the URN: the name in the program. */
  readonly name: string;
  readonly type: string;
  readonly status: "planned" | "done" | "failed";
  /** Properties that force a replacement. */
  readonly replaceKeys: readonly string[];
  /** Properties that differ. */
  readonly diffs: readonly string[];
  /** By property path; empty where the provider gives none (dynamic resources never do). */
  readonly detailedDiff: Readonly<Record<string, PropertyDiff>>;
  readonly id: string;
  readonly oldInputs: Properties;
  readonly oldOutputs: Properties;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

export type Properties = Readonly<Record<string, unknown>>;

export interface Diagnostic {
  readonly severity: "info" | "info#err" | "warning" | "error";
  readonly message: string;
  readonly urn: string;
}

/** What one engine run did, in the order in which it did it. */
export interface Outcome {
  readonly succeeded: boolean;
  /** Steps of the program's resources; the stack itself and default providers are left out. */
  readonly steps: readonly Step[];
  /** Everything but `same`, by resource name: `{ vol0: ["update"], ss0: ["delete-replaced", "replace", …] }`. */
  readonly changes: Readonly<Record<string, readonly OpType[]>>;
  /** What the summary line counts, `same` included. */
  readonly counts: Readonly<Partial<Record<OpType, number>>>;
  readonly diagnostics: readonly Diagnostic[];
  readonly stdout: string;
  readonly stderr: string;
  readonly events: readonly EngineEvent[];
}

export function outcomeOf(succeeded: boolean, events: readonly EngineEvent[], stdout: string, stderr: string): Outcome {
  const steps = stepsOf(events).filter((step) => !/^pulumi:(pulumi:Stack|providers:.*)$/.test(step.type));
  const changes: Record<string, OpType[]> = {};
  for (const step of steps) {
    if (step.op !== "same") (changes[step.name] ??= []).push(step.op);
  }
  const counts = events.findLast((event) => event.summaryEvent !== undefined)?.summaryEvent?.resourceChanges ?? {};
  return { succeeded, steps, changes, counts, diagnostics: diagnosticsOf(events), stdout, stderr, events };
}

/** Finds the only step of a resource, for a look at its diff or outputs. */
export function stepOf(outcome: Outcome, name: string): Step {
  const found = outcome.steps.filter((step) => step.name === name);
  if (found.length !== 1) {
    throw new Error(`${found.length} steps for ${name}: ${found.map((step) => step.op).join(", ")}\n${outcome.stdout}`);
  }
  return found[0];
}

/** Merges the event before a step with the one after it; a plan has the first only. */
function stepsOf(events: readonly EngineEvent[]): readonly Step[] {
  const steps: Step[] = [];
  for (const event of events) {
    if (event.resourcePreEvent) {
      steps.push(stepFrom(event.resourcePreEvent.metadata, "planned"));
      continue;
    }
    const metadata = event.resOutputsEvent?.metadata ?? event.resOpFailedEvent?.metadata;
    if (metadata === undefined) continue;
    const status = event.resOpFailedEvent ? "failed" : event.resOutputsEvent?.planning ? "planned" : "done";
    const after = stepFrom(metadata, status);
    // A refresh starts as `refresh` and ends as what it found; every other step keeps its op.
    const index = steps.findIndex(
      (step) => step.urn === after.urn && step.status === "planned" && (step.op === after.op || step.op === "refresh"),
    );
    if (index === -1) steps.push(after);
    else steps[index] = { ...after, detailedDiff: { ...steps[index].detailedDiff, ...after.detailedDiff } };
  }
  return steps;
}

type Metadata = NonNullable<EngineEvent["resourcePreEvent"]>["metadata"];

function stepFrom(metadata: Metadata, status: Step["status"]): Step {
  return {
    op: metadata.op,
    urn: metadata.urn,
    name: nameOf(metadata.urn),
    type: metadata.type,
    status,
    replaceKeys: metadata.keys ?? [],
    diffs: metadata.diffs ?? [],
    detailedDiff: metadata.detailedDiff ?? {},
    id: metadata.new?.id || metadata.old?.id || "",
    oldInputs: metadata.old?.inputs ?? {},
    oldOutputs: metadata.old?.outputs ?? {},
    inputs: metadata.new?.inputs ?? {},
    outputs: metadata.new?.outputs ?? {},
  };
}

function diagnosticsOf(events: readonly EngineEvent[]): readonly Diagnostic[] {
  return events.flatMap(({ diagnosticEvent: event }) => {
    if (event === undefined || event.ephemeral === true) return [];
    const message = withoutColour(`${event.prefix ?? ""}${event.message}`).trim();
    return message === "" ? [] : [{ severity: event.severity, message, urn: event.urn ?? "" }];
  });
}

/** Engine events carry colours as `<{%fg 1%}>` marks. */
function withoutColour(text: string): string {
  return text.replace(/<\{%.*?%\}>/g, "");
}

function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}
