import { realpath } from "node:fs/promises";
import { join } from "node:path";

import { Mutex } from "async-mutex";
import type { ClassicLevel } from "classic-level";

import { Census } from "./census";
import { MemoryStore } from "./memory-store";
import { RecordFormat, type SecretPaths } from "./record";
import { Seal } from "./seal";
import { prepareFolder, stateKey } from "./state-folder";
import type { Intent, Store, StoredObject } from "./store";

/** Form of the records. A later version that changes it counts up and reads the earlier ones. */
const FORMAT = "1";

const VERSION = "version";
const KEY_CHECK = "key-check";
const CENSUS = "census";
const OBJECT = "object/";
const INTENT = "intent/";

/** What the key check holds under seal: it opens with the right key alone. */
const KEY_CHECK_TEXT = Buffer.from("pulumi-opi agent state");

export interface StateOptions {
  readonly folder: string;
  /** 32 bytes as hexadecimal digits or base64; left out, the folder holds a key of its own. */
  readonly keyFile?: string;
  readonly secretPaths: SecretPaths;
}

/**
 * Folders that this process has open. LevelDB's lock is one of POSIX: a second attempt of the same process would fail
 * and by that release the lock of the first.
 */
const inUse = new Set<string>();

/** Values by their keys; undefined for what goes. */
type Changes = Readonly<Record<string, string | undefined>>;

type Database = ClassicLevel;

/**
 * Keeps objects in a LevelDB database. Everything is in memory for look-ups; a write is one batch that is on the disk
 * before its promise is kept, so a `kill -9` or a power cut finds it there whole or not at all.
 */
export class DurableStore implements Store {
  private readonly memory = new MemoryStore();
  private readonly census = new Census();
  /** The values as they are on the disk, by key. */
  private readonly values = new Map<string, string>();
  /** The census is of all writes before, so they come one after the other. */
  private readonly writes = new Mutex();
  private readonly queue: {
    readonly changes: Changes;
    readonly resolve: () => void;
    readonly reject: (problem: unknown) => void;
  }[] = [];

  private constructor(
    private readonly database: Database,
    private readonly format: RecordFormat,
    private readonly folder: string,
    private readonly place: string,
  ) {}

  static async open({ folder, keyFile, secretPaths }: StateOptions): Promise<DurableStore> {
    await prepareFolder(folder);
    const place = await realpath(folder);
    if (inUse.has(place)) throw takenBy(folder);
    inUse.add(place);
    const database = await openDatabase(folder).catch((error: unknown) => {
      inUse.delete(place);
      throw error;
    });
    try {
      const seal = new Seal(await stateKey(folder, keyFile));
      const store = new DurableStore(database, new RecordFormat(seal, secretPaths), folder, place);
      const records = new Map<string, string>();
      for await (const [key, value] of database.iterator()) records.set(key, value);
      if (records.size === 0) await store.initialize(seal);
      else await store.load(records, seal);
      return store;
    } catch (error) {
      await database.close();
      inUse.delete(place);
      throw error;
    }
  }

  get(name: string): StoredObject | undefined {
    return this.memory.get(name);
  }

  all(): readonly StoredObject[] {
    return this.memory.all();
  }

  list(type: string, parent?: string): readonly StoredObject[] {
    return this.memory.list(type, parent);
  }

  dependentsOf(name: string): readonly string[] {
    return this.memory.dependentsOf(name);
  }

  begun(name: string): Intent | undefined {
    return this.memory.begun(name);
  }

  allBegun(): readonly Intent[] {
    return this.memory.allBegun();
  }

  async put(object: StoredObject): Promise<void> {
    await this.write({ [OBJECT + object.name]: this.format.writeObject(object), [INTENT + object.name]: undefined });
    await this.memory.put(object);
  }

  async remove(name: string): Promise<void> {
    await this.write({ [OBJECT + name]: undefined, [INTENT + name]: undefined });
    await this.memory.remove(name);
  }

  async begin(intent: Intent): Promise<void> {
    await this.write({ [INTENT + intent.object.name]: this.format.writeIntent(intent) });
    await this.memory.begin(intent);
  }

  async abandon(name: string): Promise<void> {
    await this.write({ [INTENT + name]: undefined });
    await this.memory.abandon(name);
  }

  async close(): Promise<void> {
    await this.database.close();
    inUse.delete(this.place);
  }

  private async initialize(seal: Seal): Promise<void> {
    await this.database.batch(
      [
        { type: "put", key: VERSION, value: FORMAT },
        { type: "put", key: KEY_CHECK, value: seal.close(KEY_CHECK_TEXT, KEY_CHECK) },
        { type: "put", key: CENSUS, value: this.census.toString() },
      ],
      { sync: true },
    );
  }

  private async load(records: ReadonlyMap<string, string>, seal: Seal): Promise<void> {
    const version = records.get(VERSION);
    if (version !== FORMAT)
      throw this.problem(
        `is of format ${version ?? "unknown"}, and this version of the agent reads format ${FORMAT}; run the version that wrote it, or one that is newer`,
      );
    const check = records.get(KEY_CHECK);
    if (check === undefined || seal.open(check, KEY_CHECK)?.equals(KEY_CHECK_TEXT) !== true)
      throw this.problem(
        "is sealed with another key; give the key file that it was made with (--state-key-file, or the file `key` in it)",
      );
    // Objects first: one that is put forgets what was begun on it.
    const intentsLast = [...records].sort(([a], [b]) => Number(a.startsWith(INTENT)) - Number(b.startsWith(INTENT)));
    for (const [key, value] of intentsLast) await this.loadRecord(key, value);
    if (records.get(CENSUS) !== this.census.toString())
      throw this.problem("is damaged: records are missing or are not those that were written; restore a backup of it");
  }

  private async loadRecord(key: string, value: string): Promise<void> {
    if (key === VERSION || key === KEY_CHECK || key === CENSUS) return;
    try {
      if (key.startsWith(OBJECT)) await this.memory.put(named(this.format.readObject(value), key.slice(OBJECT.length)));
      else if (key.startsWith(INTENT)) {
        const intent = this.format.readIntent(value);
        named(intent.object, key.slice(INTENT.length));
        await this.memory.begin(intent);
      } else throw new Error("its name is unknown to this version");
    } catch (error) {
      throw this.problem(
        `holds a record ${key} that cannot be read: ${error instanceof Error ? error.message : String(error)}; restore a backup of it`,
        error,
      );
    }
    this.values.set(key, value);
    this.census.add(key, value);
  }

  /** Those that come while the disk is busy go onto it together: each alone would wait for it by itself. */
  private write(changes: Changes): Promise<void> {
    return new Promise((resolve, reject) => {
      this.queue.push({ changes, resolve, reject });
      void this.writes.runExclusive(() => this.writeQueue());
    });
  }

  private async writeQueue(): Promise<void> {
    const group = this.queue.splice(0);
    try {
      await this.writeBatch(Object.assign({}, ...group.map(({ changes }) => changes)) as Changes);
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  /** One batch, on the disk whole or not at all. */
  private async writeBatch(changes: Changes): Promise<void> {
    const entries = Object.entries(changes).filter(([key, value]) => value !== undefined || this.values.has(key));
    if (entries.length === 0) return;
    const count = (forward: boolean): void => {
      for (const [key, value] of entries) {
        const before = this.values.get(key);
        const [gone, come] = forward ? [before, value] : [value, before];
        if (gone !== undefined) this.census.remove(key, gone);
        if (come !== undefined) this.census.add(key, come);
      }
    };
    count(true);
    try {
      await this.database.batch(
        [
          ...entries.map(([key, value]) =>
            value === undefined ? { type: "del" as const, key } : { type: "put" as const, key, value },
          ),
          { type: "put", key: CENSUS, value: this.census.toString() },
        ],
        { sync: true },
      );
    } catch (error) {
      count(false);
      throw this.problem(
        `cannot be written: ${error instanceof Error ? error.message : String(error)}; is its disk full or gone?`,
        error,
      );
    }
    for (const [key, value] of entries) {
      if (value === undefined) this.values.delete(key);
      else this.values.set(key, value);
    }
  }

  private problem(what: string, cause?: unknown): Error {
    return new Error(`the agent's state in ${this.folder} ${what}`, { cause });
  }
}

async function openDatabase(folder: string): Promise<Database> {
  // Only who keeps a state needs the library and its native part.
  const { ClassicLevel } = await import("classic-level");
  const database: Database = new ClassicLevel(join(folder, "objects"));
  try {
    await database.open();
    return database;
  } catch (error) {
    // The library says that it is not open, and LevelDB's reason is the cause.
    const { code, message } = reasonOf(error);
    if (code === "LEVEL_LOCKED") throw takenBy(folder, error);
    throw new Error(`the agent's state in ${folder} cannot be opened: ${String(message)}`, { cause: error });
  }
}

function takenBy(folder: string, cause?: unknown): Error {
  return new Error(
    `the agent's state in ${folder} is in use by another agent; stop that one, or choose another folder (--state-dir)`,
    { cause },
  );
}

function reasonOf(error: unknown): { readonly code?: unknown; readonly message?: unknown } {
  const { cause = error } = error as { readonly cause?: unknown };
  return typeof cause === "object" && cause !== null ? cause : { message: String(cause) };
}

/** A record that stands under another name than its own was not put there by an agent. */
function named(object: StoredObject, name: string): StoredObject {
  if (object.name !== name) throw new Error(`it is of ${object.name}`);
  return object;
}
