/**
 * One object that the agent answers for. Everything in it is plain data, so that a durable store can keep it.
 */
export interface StoredObject<T extends object = object, S = unknown> {
  readonly name: string;
  /** Full name of its message, such as `opi_api.storage.v1.NullVolume`. */
  readonly type: string;
  readonly id: string;
  /** Name of the object above; empty at the top. */
  readonly parent: string;
  /** As asked for, secrets included, with what SPDK assigned. */
  readonly object: T;
  /** What its kind must remember beyond that: names in SPDK, numbers taken. */
  readonly state: S;
  /** Names of the objects it needs; they cannot be deleted while it is there. */
  readonly uses: readonly string[];
}

/**
 * A change that is about to be made in SPDK, written down before its first step. What ends between the first step and
 * the last (a killed agent, an SPDK that is gone) is found by it and taken back or completed: nothing stays half done.
 */
export type Intent =
  | {
      readonly action: "create";
      /** As it will be; what SPDK only assigns while it is made is missing. */
      readonly object: StoredObject;
    }
  | {
      readonly action: "update";
      readonly object: StoredObject;
      readonly after: StoredObject;
    }
  | { readonly action: "delete"; readonly object: StoredObject };

/** Where objects live. Reads see all that was written before; a write counts once its promise is kept. */
export interface Store {
  get(name: string): StoredObject | undefined;
  all(): readonly StoredObject[];
  /** All objects of a type, sorted by name; with a parent only that parent's. */
  list(type: string, parent?: string): readonly StoredObject[];
  /** Names of the objects that need this one: its children, and those that use it. Sorted. */
  dependentsOf(name: string): readonly string[];
  /** Writes the object and, in the same moment, forgets the intent that led to it. */
  put(object: StoredObject): Promise<void>;
  /** Forgets the object and, in the same moment, the intent to delete it. */
  remove(name: string): Promise<void>;

  begin(intent: Intent): Promise<void>;
  /** Forgets the intent: what it had begun is taken back. */
  abandon(name: string): Promise<void>;
  /** What was begun on an object and neither came to its end nor was taken back. */
  begun(name: string): Intent | undefined;
  allBegun(): readonly Intent[];

  close(): Promise<void>;
}
