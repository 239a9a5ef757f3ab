import type { Answer } from "./recording";

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Members whose values are different at every run. */
const isVolatile = (key: string): boolean => key.endsWith("_latency_ticks");

/** Compares answers of two runs. UUIDs that SPDK made up differ, but where one run repeats one the other must too. */
export class Comparison {
  private readonly counterparts = new Map<string, string>();

  /** Where the two differ; undefined when they agree. */
  difference(recorded: Answer, actual: Answer): string | undefined {
    if (recorded.kind === "death") {
      return actual.kind === "error" && actual.code === "UNAVAILABLE" ? undefined : `death, got ${show(actual)}`;
    }
    if (recorded.kind === "error" && actual.kind === "error") {
      const isSame = recorded.code === actual.code && this.isSame(recorded.message, actual.message);
      return isSame ? undefined : `${recorded.code} ${recorded.message}, got ${actual.code} ${actual.message}`;
    }
    if (recorded.kind === "response" && actual.kind === "response") {
      const { response } = actual;
      return this.isSame(recorded.response, response) ? undefined : `${show(recorded.response)}, got ${show(response)}`;
    }
    return `${show(recorded)}, got ${show(actual)}`;
  }

  private isSame(recorded: unknown, actual: unknown): boolean {
    if (Array.isArray(recorded) && Array.isArray(actual)) {
      return recorded.length === actual.length && recorded.every((each, at) => this.isSame(each, actual[at]));
    }
    if (isObject(recorded) && isObject(actual)) {
      const keys = new Set([...Object.keys(recorded), ...Object.keys(actual)]);
      return [...keys].every((key) => isVolatile(key) || this.isSame(recorded[key], actual[key]));
    }
    if (typeof recorded === "string" && typeof actual === "string") return this.isSameText(recorded, actual);
    return recorded === actual;
  }

  private isSameText(recorded: string, actual: string): boolean {
    const [expected, found] = [recorded.match(UUID) ?? [], actual.match(UUID) ?? []];
    return (
      recorded.replace(UUID, "") === actual.replace(UUID, "") &&
      expected.length === found.length &&
      expected.every((uuid, at) => this.isPair(uuid, found[at]))
    );
  }

  private isPair(recorded: string, actual: string): boolean {
    const known = this.counterparts.get(recorded);
    if (known === undefined) this.counterparts.set(recorded, actual);
    return (known ?? actual) === actual;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const show = (value: unknown): string => JSON.stringify(value);
