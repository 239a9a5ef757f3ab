import type { PropertyValue } from "../../catalogue/values/property";

/** A property of another resource of the program. */
export interface Reference {
  readonly kind: "reference";
  /** The other resource's variable. */
  readonly to: string;
  readonly property: string;
}

/** A value that the program takes from its configuration. */
export interface FromConfig {
  readonly kind: "config";
  readonly key: string;
}

/** What an argument can be: a plain value, or something that the program looks up; objects may hold both. */
export type Argument = Exclude<PropertyValue, symbol | object> | Reference | FromConfig | List | Fields;

export interface List {
  readonly kind: "list";
  readonly items: readonly Argument[];
}

export interface Fields {
  readonly kind: "fields";
  readonly entries: readonly Entry[];
}

/** One property with its value. */
export interface Entry {
  readonly property: string;
  readonly value: Argument;
  /** Lines of a comment above it. */
  readonly comment?: string;
}

export interface ProgramResource {
  /** Variable in camelCase; no two are equal. */
  readonly variable: string;
  /** Name in Pulumi. */
  readonly name: string;
  readonly token: string;
  readonly entries: readonly Entry[];
  readonly comment?: string;
  /** Variable of the resource that is its parent in Pulumi. */
  readonly parent?: string;
  /** Variables of resources that must come first though nothing refers to them. */
  readonly dependsOn?: readonly string[];
}

export interface ConfigKey {
  readonly key: string;
  /** What to put in. */
  readonly comment: string;
}

/** A Pulumi program that only declares resources, whatever language it is then written in. */
export interface Program {
  /** Every one a secret. */
  readonly config: readonly ConfigKey[];
  /** In an order in which nothing refers to what comes later. */
  readonly resources: readonly ProgramResource[];
}

export const isReference = (value: Argument): value is Reference => kindOf(value) === "reference";
export const isFromConfig = (value: Argument): value is FromConfig => kindOf(value) === "config";
export const isList = (value: Argument): value is List => kindOf(value) === "list";
export const isFields = (value: Argument): value is Fields => kindOf(value) === "fields";

function kindOf(value: Argument): string | undefined {
  return typeof value === "object" ? value.kind : undefined;
}
