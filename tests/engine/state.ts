import { join } from "node:path";

/** The part of a local backend's stack file that tests read. */
export interface StackState {
  readonly version: number;
  readonly checkpoint: {
    readonly latest?: {
      readonly resources?: readonly ResourceState[];
      readonly pending_operations?: readonly { readonly type: string; readonly resource: ResourceState }[];
    };
  };
}

export interface ResourceState {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly custom: boolean;
  readonly delete?: boolean;
  readonly parent?: string;
  readonly dependencies?: readonly string[];
  readonly initErrors?: readonly string[];
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

export function stateFileOf(sandboxFolder: string, project: string, stack: string): string {
  return join(sandboxFolder, "state", ".pulumi", "stacks", project, `${stack}.json`);
}
