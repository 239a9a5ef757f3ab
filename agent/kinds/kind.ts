import type { Step } from "../saga/steps";
import type { Store, StoredObject } from "../store/store";
import type { Folders } from "./folders";
import type { Presence, Settlement } from "./presence";
import type { Spdk } from "./spdk";
import type { VolumeDirectory } from "./volume-reference";

/** What kinds act on. */
export interface Environment {
  readonly spdk: Spdk;
  readonly store: Store;
  readonly volumes: VolumeDirectory;
  readonly folders: Folders;
}

/** An object on its way into the store: what the request says, and what the kind adds while it makes it. */
export interface Draft<T extends object> {
  readonly name: string;
  readonly id: string;
  readonly parent: StoredObject | undefined;
  readonly object: T;
}

/**
 * How to make an object: what it needs and the steps. `state` is asked for before the first of them, for the store to
 * find what a creation that is cut off leaves, and after the last, when it also holds what SPDK assigned.
 */
export interface Creation<S> {
  readonly uses?: readonly string[];
  readonly steps: readonly Step[];
  readonly state: () => S;
}

/** How to change an object. `state` and `uses` are kept when left out. */
export interface Alteration<S> {
  readonly steps: readonly Step[];
  readonly state?: () => S;
}

/** A field that the agent refuses because SPDK has nothing for it. */
export interface Refusal {
  /** Such as `spec.min_limit`. */
  readonly path: string;
  /** Why, and what to do instead. */
  readonly reason: string;
  /** The last SPDK version that lacks it, as major and minor; absent when all do. */
  readonly until?: readonly [major: number, minor: number];
  /** A verb that SPDK has where it was built to take the field. */
  readonly withoutVerb?: string;
}

/**
 * One type of the contract: how its objects map onto SPDK. Everything that all types share (names, ids, masks, paging,
 * presence, dependents, order of writes) is not here but in `server/collection.ts`.
 *
 * `T` is the wire message, `S` what the kind remembers beside it.
 */
export interface Kind<T extends object, S> {
  /** Full name of the message. */
  readonly type: string;
  /** Full name of the service that manages it. */
  readonly service: string;
  /** Paths that updates may change. */
  readonly updatable: readonly string[];
  /** Paths that no answer and no log ever holds. */
  readonly secrets: readonly string[];
  readonly refusals: readonly Refusal[];
  /** Whether its ids share SPDK's name space for block devices. */
  readonly isVolume: boolean;

  /** Judges the values by themselves; `field` is the object's path in the request, for errors. */
  check(object: T, field: string): void;
  create(draft: Draft<T>, environment: Environment, field: string): Promise<Creation<S>>;
  /** Absent when nothing can change. */
  update?(
    stored: StoredObject<T, S>,
    desired: T,
    changed: readonly string[],
    environment: Environment,
    field: string,
  ): Promise<Alteration<S>>;
  /** Steps that tolerate that their work is done already: after a failure the deletion is simply repeated. */
  remove(stored: StoredObject<T, S>, environment: Environment): Promise<readonly Step[]>;
  /** Removes what a creation that was cut off left, where that may be more than `remove` takes. */
  rollBack?(expected: StoredObject<T, S>, environment: Environment): Promise<readonly Step[]>;
  /** Ends an update that was cut off. Left out, an update is one step or none, and the object before it counts. */
  settle?(before: StoredObject<T, S>, after: StoredObject<T, S>, environment: Environment): Promise<Settlement>;
  /** Looks what SPDK holds of the object, without a call that changes anything. */
  inspect(stored: StoredObject<T, S>, environment: Environment): Promise<Presence>;
  /**
   * Its creates and deletes touch nothing but the block device of that id, and no object that it needs: they may go on
   * beside those of others like it. What refers to it is written alone.
   */
  readonly standsAlone?: boolean;
  /** Making it waits for machines beyond this one, up to a minute. */
  readonly slow?: boolean;
  /** Made again, it is empty: what was written to it went with the SPDK that held it in memory. */
  readonly losesContents?: boolean;
  /** The object as it is now: what was asked for, corrected by what SPDK shows. */
  observe(stored: StoredObject<T, S>, environment: Environment): Promise<T>;
  /** Names of the block devices whose counters add up to the object's. `request` is the Stats request. */
  bdevs(stored: StoredObject<T, S>, environment: Environment, request: object): Promise<readonly string[]>;
  /** For volumes: the block device that users of the volume work on. */
  bdevOf?(stored: StoredObject<T, S>, environment: Environment): string;
}

/** A kind of any type: methods of it are only ever given objects of its own. */
export type AnyKind = Kind<object, unknown>;
