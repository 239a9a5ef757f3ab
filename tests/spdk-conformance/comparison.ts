/** Members whose values are different at every run. */
const VOLATILE = new Set(["ticks", "polls", "polls_spurious"]);
const VOLATILE_SUFFIX = "_latency_ticks";

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9A-F]{32}\b/g;

/**
 * Compares answers of two runs. UUIDs that SPDK made up differ, but where one run repeats one the other must too, so
 * that an alias, a namespace and a bdev still have to fit together.
 */
export class Comparison {
  private readonly counterparts = new Map<string, string>();

  /** UUIDs that stand in calls are the same in both runs. */
  constructor(calls: readonly unknown[]) {
    for (const uuid of JSON.stringify(calls).match(UUID) ?? []) this.pair(uuid, uuid);
  }

  /** Where the two differ, or undefined. */
  difference(recorded: unknown, actual: unknown, path = "result"): string | undefined {
    if (Array.isArray(recorded) && Array.isArray(actual)) {
      if (recorded.length !== actual.length) return `${path}: ${recorded.length} elements, got ${actual.length}`;
      return firstOf(recorded, (element, index) => this.difference(element, actual[index], `${path}[${index}]`));
    }
    if (isObject(recorded) && isObject(actual)) return this.objectDifference(recorded, actual, path);
    if (typeof recorded === "string" && typeof actual === "string" && this.sameText(recorded, actual)) return undefined;
    return recorded === actual ? undefined : `${path}: ${show(recorded)}, got ${show(actual)}`;
  }

  private objectDifference(
    recorded: Readonly<Record<string, unknown>>,
    actual: Readonly<Record<string, unknown>>,
    path: string,
  ): string | undefined {
    const missing = Object.keys(recorded).filter((key) => !(key in actual));
    const extra = Object.keys(actual).filter((key) => !(key in recorded));
    if (missing.length + extra.length > 0) return `${path}: missing [${missing.join()}], extra [${extra.join()}]`;
    return firstOf(Object.keys(recorded), (key) => {
      if (VOLATILE.has(key) || key.endsWith(VOLATILE_SUFFIX)) return undefined;
      // The port a host connects from.
      if (key === "trsvcid" && path.endsWith(".peer_address")) return undefined;
      return this.difference(recorded[key], actual[key], `${path}.${key}`);
    });
  }

  private sameText(recorded: string, actual: string): boolean {
    const expected = recorded.match(UUID) ?? [];
    const found = actual.match(UUID) ?? [];
    return (
      recorded.replace(UUID, "") === actual.replace(UUID, "") &&
      expected.length === found.length &&
      expected.every((uuid, index) => this.pair(uuid, found[index]))
    );
  }

  private pair(recorded: string, actual: string): boolean {
    const key = plain(recorded);
    const known = this.counterparts.get(key);
    if (known === undefined) this.counterparts.set(key, plain(actual));
    return (known ?? plain(actual)) === plain(actual);
  }
}

function plain(uuid: string): string {
  return uuid.replaceAll("-", "").toLowerCase();
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function firstOf<T>(items: readonly T[], find: (item: T, index: number) => string | undefined): string | undefined {
  for (const [index, item] of items.entries()) {
    const found = find(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}
