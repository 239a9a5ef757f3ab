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

/** Where objects live. Reads see all that was written before; a write counts once its promise is kept. */
export interface Store {
  get(name: string): StoredObject | undefined;
  /** All objects of a type, sorted by name; with a parent only that parent's. */
  list(type: string, parent?: string): readonly StoredObject[];
  /** Names of the objects that need this one: its children, and those that use it. Sorted. */
  dependentsOf(name: string): readonly string[];
  put(object: StoredObject): Promise<void>;
  remove(name: string): Promise<void>;
}
