import type * as pulumi from "@pulumi/pulumi";
import type { TestAgent } from "../agent";

/** Values by property path; a path set to undefined takes the value away. */
export type Values = Readonly<Record<string, unknown>>;

/** What instances need beside themselves; each is made once per program and shared by its label. */
export interface Surroundings {
  volume(label: string): pulumi.Output<string>;
  subsystem(label: string): pulumi.Output<string>;
  remoteController(label: string): pulumi.Output<string>;
  scsiTarget(label: string): pulumi.Output<string>;
  /** Path of a file of that many blocks of 512 bytes, when it is first asked for. */
  file(label: string, blocks: number): string;
}

type Given = Values | ((around: Surroundings, instance: number) => Values);

/** One property that changes: every change has an instance of its own, so that each is seen alone. */
export interface Change {
  /** Added to the base inputs before the change. */
  readonly from?: Given;
  /** Put over those for the change. */
  readonly to: Given;
  /** What must happen outside before the object can take the one value or the other. */
  readonly arrange?: (side: "from" | "to", around: Surroundings, instance: number) => void;
  /** How the object drifts back to its first value, where an update on the agent cannot do it. */
  readonly drift?: (agent: TestAgent, name: string) => Promise<void>;
}

export interface Replacement extends Change {
  /** Whether the new object can be there beside the old one. */
  readonly order: "create first" | "delete first";
}

/** One row for each resource type. A field of the catalogue that no row names fails the tests. */
export interface TypeCase {
  readonly noun: string;
  /** Inputs that suffice. */
  readonly base: (around: Surroundings, instance: number) => Readonly<Record<string, unknown>>;
  readonly updates: Readonly<Record<string, Change>>;
  /** `resourceId` and the parent among them. */
  readonly replacements: Readonly<Record<string, Replacement>>;
  /** Properties that the agent's SPDK cannot honour, with a well-formed value for each … */
  readonly refused?: Values;
  /** … and what preview says of them, by property path. */
  readonly refusals?: Readonly<Record<string, string>>;
}

export const valuesOf = (given: Given | undefined, around: Surroundings, instance: number): Values =>
  typeof given === "function" ? given(around, instance) : (given ?? {});
