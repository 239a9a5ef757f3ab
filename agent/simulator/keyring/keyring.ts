import { readFileSync, statSync } from "node:fs";
import { isAbsolute } from "node:path";

import { errnoFault } from "../rpc/fault";
import type { SpdkTraits } from "../versions/traits";

/** A key of SPDK's keyring, held by the keyring itself and by whoever uses it. */
export class KeyringKey {
  private references = 1;
  removed = false;

  constructor(
    readonly name: string,
    readonly path: string,
    private readonly onUnused: (key: KeyringKey) => void,
  ) {}

  /** The text in the file, as its user reads it at the moment of use; undefined when the file has gone. */
  read(): string | undefined {
    return readOwnersFile(this.path);
  }

  hold(): this {
    this.references++;
    return this;
  }

  release(): void {
    this.references--;
    if (this.references === 0) this.onUnused(this);
  }

  describe(): Record<string, unknown> {
    return {
      name: this.name,
      module: "keyring_file",
      removed: this.removed,
      probed: false,
      refcnt: this.references,
      ...(this.removed ? {} : { path: this.path }),
    };
  }
}

/** SPDK's keyring with its file module: keys by name, their bytes in files only their owner may read. */
export class Keyring {
  private readonly keys = new Map<string, KeyringKey>();
  /** Removed, but still in use. */
  private readonly leftovers = new Set<KeyringKey>();

  constructor(private readonly traits: SpdkTraits) {}

  all(): KeyringKey[] {
    return [...this.keys.values(), ...this.leftovers];
  }

  current(): KeyringKey[] {
    return [...this.keys.values()];
  }

  find(name: string): KeyringKey | undefined {
    return this.keys.get(name);
  }

  add(name: string, path: string): void {
    // Before a colon stands the module to ask (recorded: new.keyring/add_colon_module, new.keyring/add_colon).
    if (name.indexOf(":") > 0) throw errnoFault("EINVAL");
    if (this.keys.has(name)) throw errnoFault("EEXIST");
    if (!isAbsolute(path)) throw errnoFault("EPERM");
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) throw errnoFault("ENOENT");
    if (!isPrivate(stat.mode)) throw errnoFault("EPERM");
    this.keys.set(name, new KeyringKey(name, path, (key) => this.leftovers.delete(key)));
  }

  remove(name: string): void {
    const key = this.keys.get(name);
    if (key === undefined && this.traits.keyringMissesRemoved) throw errnoFault("ENOKEY");
    if (key === undefined) return;
    this.keys.delete(name);
    key.removed = true;
    this.leftovers.add(key);
    key.release();
  }
}

function isPrivate(mode: number): boolean {
  return (mode & 0o077) === 0;
}

/** Text of a file that only its owner may read; undefined when it is not there or open to others. */
export function readOwnersFile(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile() || !isPrivate(stat.mode)) return undefined;
  return readFileSync(path, "utf8").trim();
}
