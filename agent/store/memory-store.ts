import type { Intent, Store, StoredObject } from "./store";

/** Keeps objects as long as the agent runs. */
export class MemoryStore implements Store {
  private readonly objects = new Map<string, StoredObject>();
  private readonly intents = new Map<string, Intent>();
  private readonly byType = new Map<string, Map<string, StoredObject>>();
  private readonly dependents = new Map<string, Set<string>>();

  get(name: string): StoredObject | undefined {
    return this.objects.get(name);
  }

  all(): readonly StoredObject[] {
    return [...this.objects.values()].sort(byName);
  }

  list(type: string, parent?: string): readonly StoredObject[] {
    const all = [...(this.byType.get(type)?.values() ?? [])];
    const wanted = parent === undefined ? all : all.filter((object) => object.parent === parent);
    return wanted.sort(byName);
  }

  dependentsOf(name: string): readonly string[] {
    return [...(this.dependents.get(name) ?? [])].sort();
  }

  async put(object: StoredObject): Promise<void> {
    this.drop(object.name);
    this.intents.delete(object.name);
    this.objects.set(object.name, object);
    const sameType = this.byType.get(object.type) ?? new Map<string, StoredObject>();
    this.byType.set(object.type, sameType.set(object.name, object));
    for (const needed of neededBy(object)) {
      const users = this.dependents.get(needed) ?? new Set<string>();
      this.dependents.set(needed, users.add(object.name));
    }
  }

  async remove(name: string): Promise<void> {
    this.drop(name);
    this.intents.delete(name);
  }

  async begin(intent: Intent): Promise<void> {
    this.intents.set(intent.object.name, intent);
  }

  async abandon(name: string): Promise<void> {
    this.intents.delete(name);
  }

  begun(name: string): Intent | undefined {
    return this.intents.get(name);
  }

  allBegun(): readonly Intent[] {
    return [...this.intents.values()];
  }

  async close(): Promise<void> {
    // Nothing outlives the agent.
  }

  private drop(name: string): void {
    const old = this.objects.get(name);
    if (old === undefined) return;
    this.objects.delete(name);
    this.byType.get(old.type)?.delete(name);
    for (const needed of neededBy(old)) {
      const users = this.dependents.get(needed);
      users?.delete(name);
      if (users?.size === 0) this.dependents.delete(needed);
    }
  }
}

function byName(a: StoredObject, b: StoredObject): number {
  return a.name < b.name ? -1 : 1;
}

function neededBy(object: StoredObject): readonly string[] {
  return object.parent === "" ? object.uses : [object.parent, ...object.uses];
}
