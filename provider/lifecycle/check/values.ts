import { enumByName } from "../../catalogue";
import type { Field, Format } from "../../catalogue";
import { isProperties, UNKNOWN } from "../../catalogue/values/property";
import type { PropertyValue } from "../../catalogue/values/property";
import type { Failure } from "../types";
import { validate } from "./formats";
import { quote } from "./quote";
import { closest } from "./spelling";

/** The normal form of a value, and what is wrong with it. A value that is as good as absent has none. */
export interface Checked {
  readonly value: PropertyValue | undefined;
  readonly failures: readonly Failure[];
}

export interface CheckedObject {
  readonly value: Readonly<Record<string, PropertyValue>>;
  readonly failures: readonly Failure[];
}

const INT32_MAX = 2 ** 31 - 1;
const UINT32_MAX = 2 ** 32 - 1;

/** Digits that a number cannot hold, or not as they were written: leading zeros, letters, 128 bits. */
const TEXT_ONLY: readonly (Format | undefined)[] = ["uuid", "nguid", "eui64", "hex", "psk"];

/** Checks the properties of an object against `fields`, unknown names and missing required ones included. */
export function checkObject(
  fields: readonly Field[],
  object: Readonly<Record<string, PropertyValue | undefined>>,
  prefix: string,
  owner: string,
): CheckedObject {
  const value: Record<string, PropertyValue> = {};
  const failures: Failure[] = [];
  for (const [key, given] of Object.entries(object)) {
    if (given === undefined) continue;
    const field = fields.find(({ name }) => name === key);
    if (!field) {
      failures.push(unknownProperty(fields, key, prefix, owner));
      continue;
    }
    const checked = checkValue(field, given, `${prefix}${key}`);
    if (checked.value !== undefined) value[key] = checked.value;
    failures.push(...checked.failures);
  }
  for (const { name, behavior, doc } of fields) {
    if (behavior === "required" && object[name] === undefined) {
      failures.push({ property: `${prefix}${name}`, reason: `missing: ${owner} needs ${name}. ${doc}` });
    }
  }
  return { value, failures: [...failures, ...oneofFailures(fields, value, prefix)] };
}

function unknownProperty(fields: readonly Field[], key: string, prefix: string, owner: string): Failure {
  const candidates = fields.map(({ name }) => name);
  const near = closest(key, candidates);
  const hint = near ? `did you mean ${near}?` : `it has ${candidates.join(", ")}`;
  const step = /^\w{1,64}$/.test(key) ? key : `[${quote(key)}]`;
  return { property: `${prefix}${step}`, reason: `${owner} has no such property: ${hint}` };
}

function oneofFailures(
  fields: readonly Field[],
  value: Readonly<Record<string, PropertyValue>>,
  prefix: string,
): readonly Failure[] {
  // An unknown member may turn out to be absent.
  const set = fields.filter(({ oneof, name }) => oneof && value[name] !== undefined && value[name] !== UNKNOWN);
  return set.flatMap((member, at) => {
    const first = set.findIndex(({ oneof }) => oneof === member.oneof);
    if (first === at) return [];
    const group = fields.filter(({ oneof }) => oneof === member.oneof).map(({ name }) => name);
    const reason = `cannot be set together with ${prefix}${set[first]?.name}: at most one of ${group.join(", ")}`;
    return [{ property: `${prefix}${member.name}`, reason }];
  });
}

/** Checks one value against its field; unknown values pass. Reasons never quote secrets. */
function checkValue(field: Field, value: PropertyValue, path: string): Checked {
  if (value === UNKNOWN) return { value, failures: [] };
  if (!field.repeated) return checkOne(field, value, path);
  if (!Array.isArray(value)) return fail(field, value, path, "expected a list");
  const entries = value.map((entry: PropertyValue, at): Checked =>
    entry === UNKNOWN ? { value: entry, failures: [] } : checkOne(field, entry, `${path}[${at}]`),
  );
  return {
    value: entries.flatMap((entry) => (entry.value === undefined ? [] : [entry.value])),
    failures: entries.flatMap((entry) => entry.failures),
  };
}

function checkOne(field: Field, value: PropertyValue, path: string): Checked {
  switch (field.kind) {
    case "message": {
      const fields = field.fields ?? [];
      const expected = `expected an object with ${fields.map(({ name }) => name).join(", ")}`;
      return isProperties(value) ? checkObject(fields, value, `${path}.`, path) : fail(field, value, path, expected);
    }
    case "bool":
      if (value === "true" || value === "false") return { value: value === "true", failures: [] };
      return typeof value === "boolean" ? { value, failures: [] } : fail(field, value, path, "expected true or false");
    case "enum":
      return checkEnum(field, value, path);
    case "int32":
    case "uint32":
    case "int64":
      return field.format === "eui64" ? checkText(field, value, path) : checkNumber(field, value, path);
    case "string":
    case "bytes":
      return checkText(field, value, path);
  }
}

function checkEnum(field: Field, value: PropertyValue, path: string): Checked {
  const { prefix, values } = enumByName(field.type ?? "");
  const usable = values.filter(({ number }) => number !== 0);
  const wanted = typeof value === "string" ? value.toUpperCase().replace(/-/g, "_") : "";
  const match = usable.find(({ name }) => name === wanted || name === `${prefix}${wanted}`);
  if (match) return { value: match.name, failures: [] };
  const short = usable.map(({ name }) => name.slice(prefix.length).toLowerCase()).join(", ");
  return fail(field, value, path, `expected one of ${short} (or the full name, such as ${usable[0]?.name})`);
}

function checkNumber(field: Field, value: PropertyValue, path: string): Checked {
  const given = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof given !== "number" || !Number.isInteger(given)) return fail(field, value, path, "expected a whole number");
  if (!Number.isSafeInteger(given)) return fail(field, value, path, "too large: numbers are exact up to 2^53");
  const number = given + 0; // no negative zero
  if (field.values && !field.values.includes(number)) {
    return fail(field, value, path, `expected one of ${field.values.join(", ")}`);
  }
  const [least, most] = rangeOf(field);
  if (number < least || number > most) {
    const range =
      most === Infinity ? `${least} or more` : least === -Infinity ? `at most ${most}` : `${least} to ${most}`;
    return fail(field, value, path, `expected ${range}`);
  }
  const verdict = field.format ? validate(field.format, String(number)) : { ok: number };
  return "wrong" in verdict ? fail(field, value, path, verdict.wrong) : { value: Number(verdict.ok), failures: [] };
}

function rangeOf({ kind, minimum, maximum }: Field): readonly [least: number, most: number] {
  const [least, most] =
    kind === "int32" ? [-INT32_MAX - 1, INT32_MAX] : kind === "uint32" ? [0, UINT32_MAX] : [-Infinity, Infinity];
  return [minimum ?? least, Math.min(maximum ?? Infinity, most)];
}

function checkText(field: Field, value: PropertyValue, path: string): Checked {
  const isNumber = typeof value === "number" && Number.isFinite(value) && !TEXT_ONLY.includes(field.format);
  if (typeof value !== "string" && !isNumber) return fail(field, value, path, "expected text");
  const text = String(value);
  if (text === "") {
    // The wire cannot tell empty text from none (proto3).
    return field.behavior === "required"
      ? { value, failures: [{ property: path, reason: `must not be empty. ${field.doc}` }] }
      : { value: undefined, failures: [] };
  }
  if (field.maxLength !== undefined && text.length > field.maxLength) {
    return fail(field, value, path, `has ${text.length} characters, at most ${field.maxLength} are allowed`);
  }
  const verdict = field.format ? validate(field.format, text) : { ok: text };
  return "wrong" in verdict ? fail(field, value, path, verdict.wrong) : { value: verdict.ok, failures: [] };
}

function fail(field: Field, value: PropertyValue, path: string, reason: string): Checked {
  const shown = isSecretive(field) ? "" : `, got ${quote(value)}`;
  return { value, failures: [{ property: path, reason: `${reason}${shown}` }] };
}

/** Whether what was given for the field may be a secret, or hold one. */
function isSecretive(field: Field): boolean {
  return field.secret === true || (field.fields ?? []).some(isSecretive);
}
