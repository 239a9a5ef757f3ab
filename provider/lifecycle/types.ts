import type { Properties } from "../catalogue/values/property";
import type { Agent, CallOptions } from "../client/agent";
import type { Dialect } from "../client/dialect";
import type { ResourceType } from "../catalogue";

/** What is wrong with one input, by property path; an empty path means the resource as a whole. */
export interface Failure {
  readonly property: string;
  /** What was wrong and what would be right; never a secret's value. */
  readonly reason: string;
}

/** Where a life-cycle verb works: one type on one agent. */
export interface Place {
  readonly type: ResourceType;
  readonly agent: Agent;
  readonly options?: CallOptions;
  /** Takes what the user should know though the verb succeeds. */
  readonly warn: (message: string) => void;
  /** Whether users can also take objects over by `pulumi import`, which dynamic resources have not. Default true. */
  readonly canImport?: boolean;
}

/** A resource as the life cycle leaves it: the Pulumi id is the agent's own resource name. */
export interface Resource {
  readonly id: string;
  readonly outputs: Properties;
}

/** What a create is about. */
export interface Wish {
  readonly place: Place;
  readonly dialect: Dialect;
  /** Checked inputs. */
  readonly inputs: Properties;
  /** The name that the object has, or will have. */
  readonly name: string;
}

/** Inputs that every resource type has beside its fields, and whether users may set them. */
export const RESOURCE_ID = "resourceId";
export const ADOPT = "adopt";
/** Internal inputs begin with two underscores, which Pulumi never shows as a difference. */
export const AUTONAMED = "__autonamed";
/** Bookkeeping in the outputs; see `marker.ts`. */
export const MARKER = "__opi";
/** The resource name, in the outputs. */
export const NAME = "name";
