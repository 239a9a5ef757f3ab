import { copy, leavesOf, readLeaf, writeLeaf, type Leaf } from "../contract/message";
import { codecOf } from "./codecs";
import type { Seal } from "./seal";
import type { Intent, StoredObject } from "./store";

/** Paths of a type that hold secrets: `kind.secrets`. */
export type SecretPaths = (type: string) => readonly string[];

/** A stored object on disk: the message as protobuf bytes without its secrets, and these one by one under seal. */
interface ObjectRecord {
  readonly name: string;
  readonly type: string;
  readonly id: string;
  readonly parent: string;
  readonly uses: readonly string[];
  readonly state: unknown;
  readonly object: string;
  readonly secrets: Readonly<Record<string, string>>;
}

/** Turns what the store keeps into texts and back. Reading refuses whatever it does not fully understand. */
export class RecordFormat {
  constructor(
    private readonly seal: Seal,
    private readonly secretPaths: SecretPaths,
  ) {}

  writeObject(stored: StoredObject): string {
    return JSON.stringify(this.toRecord(stored));
  }

  readObject(text: string): StoredObject {
    return this.fromRecord(JSON.parse(text));
  }

  writeIntent(intent: Intent): string {
    const object = this.toRecord(intent.object);
    return JSON.stringify(
      intent.action === "update"
        ? { action: intent.action, object, after: this.toRecord(intent.after) }
        : { action: intent.action, object },
    );
  }

  readIntent(text: string): Intent {
    const record: unknown = JSON.parse(text);
    const action = isObject(record) ? record.action : undefined;
    if (action === "update") {
      const { object, after } = exactly(record, ["action", "object", "after"]);
      return { action, object: this.fromRecord(object), after: this.fromRecord(after) };
    }
    const { object } = exactly(record, ["action", "object"]);
    if (action !== "create" && action !== "delete") throw new Error("it tells of an action that nobody knows");
    return { action, object: this.fromRecord(object) };
  }

  private toRecord({ name, type, id, parent, uses, state, object }: StoredObject): ObjectRecord {
    const open = copy(type, object);
    const secrets: Record<string, string> = {};
    for (const leaf of this.secretLeaves(type)) {
      const secret = readLeaf(open, leaf);
      if (!(secret instanceof Uint8Array) || secret.length === 0) continue;
      secrets[leaf.path] = this.seal.close(secret, `${name} ${leaf.path}`);
      writeLeaf(open, leaf, leaf.field.empty());
    }
    const bytes = Buffer.from(codecOf(type).encode(open));
    return { name, type, id, parent, uses, state, object: bytes.toString("base64"), secrets };
  }

  private fromRecord(value: unknown): StoredObject {
    const record = exactly(value, ["name", "type", "id", "parent", "uses", "state", "object", "secrets"]);
    const { uses, state, secrets } = record;
    const [name, type, id, parent, bytes] = [record.name, record.type, record.id, record.parent, record.object].map(
      (part) => {
        if (typeof part !== "string") throw new Error("a part of it is no text");
        return part;
      },
    ) as [string, string, string, string, string]; // as many come out of map as went in
    if (!Array.isArray(uses) || !uses.every((each) => typeof each === "string") || !isObject(secrets))
      throw new Error("a part of it has another form");
    const object = codecOf(type).decode(Buffer.from(bytes, "base64"));
    const leaves = this.secretLeaves(type);
    for (const [path, sealed] of Object.entries(secrets)) {
      const leaf = leaves.find((each) => each.path === path);
      if (leaf === undefined || typeof sealed !== "string") throw new Error(`its secret ${path} is unknown`);
      const secret = this.seal.open(sealed, `${name} ${path}`);
      if (secret === undefined) throw new Error(`its secret ${path} does not open with the state key`);
      writeLeaf(object, leaf, secret);
    }
    return { name, type, id, parent, uses, state, object: copy(type, object) };
  }

  private secretLeaves(type: string): readonly Leaf[] {
    const paths = this.secretPaths(type);
    return leavesOf(type).filter((leaf) => paths.includes(leaf.path));
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Neither less nor more: a part that nobody here knows may be what matters. */
function exactly(value: unknown, keys: readonly string[]): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw new Error("it has another form");
  const unknown = Object.keys(value).filter((key) => !keys.includes(key));
  if (unknown.length > 0) throw new Error(`it holds ${unknown.join(", ")}, which this version does not know`);
  const missing = keys.filter((key) => !(key in value));
  if (missing.length > 0) throw new Error(`it lacks ${missing.join(", ")}`);
  return value;
}
