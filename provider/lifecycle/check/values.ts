import { enumByName } from "../../catalogue";
import type { Field } from "../../catalogue";
import { isProperties, UNKNOWN } from "../../catalogue/values/property";
import type { PropertyValue } from "../../catalogue/values/property";
import type { Failure } from "../types";
import { validate } from "./formats";
import { closest } from "./spelling";

/** The normal form of a value as far as it has one, and what is wrong with it. */
export interface Checked {
  readonly value: PropertyValue | undefined;
  readonly failures: readonly Failure[];
}

const INT32_MAX = 2 ** 31 - 1;

/** Checks one value against its field; unknown values pass. Reasons never quote secrets. */
export function checkValue(field: Field, value: PropertyValue): Checked {
  if (value === UNKNOWN) return { value, failures: [] };
  if (field.repeated) {
    if (!Array.isArray(value)) return fail(field, value, "expected a list");
    const entries = value.map((entry: PropertyValue) => checkOne(field, entry));
    return {
      value: entries.map((entry) => entry.value as PropertyValue),
      failures: entries.flatMap((entry) => entry.failures),
    };
  }
  return checkOne(field, value);
}

function checkOne(field: Field, value: PropertyValue): Checked {
  switch (field.kind) {
    case "message":
      return checkMessage(field, value);
    case "bool":
      return checkBool(field, value);
    case "enum":
      return checkEnum(field, value);
    case "int32":
    case "uint32":
    case "int64":
      return field.format === "eui64" ? checkText(field, value) : checkNumber(field, value);
    case "string":
    case "bytes":
      return checkText(field, value);
  }
}

function checkMessage(field: Field, value: PropertyValue): Checked {
  if (!isProperties(value)) return fail(field, value, `expected an object with ${names(field.fields ?? [])}`);
  return checkObject(field.fields ?? [], value, `${field.property}.`, field.property);
}

/** Checks the properties of an object against `fields`, unknown names and missing required ones included. */
export function checkObject(
  fields: readonly Field[],
  object: { readonly [key: string]: PropertyValue | undefined },
  prefix: string,
  owner: string,
): { readonly value: { [key: string]: PropertyValue }; readonly failures: Failure[] } {
  const value: { [key: string]: PropertyValue } = {};
  const failures: Failure[] = [];
  for (const [key, given] of Object.entries(object)) {
    if (given === undefined || given === null) continue;
    const field = fields.find(({ name }) => name === key);
    if (!field) {
      const near = closest(
        key,
        fields.map(({ name }) => name),
      );
      const hint = near ? `did you mean ${near}?` : `it has ${names(fields)}`;
      failures.push({ property: `${prefix}${key}`, reason: `${owner} has no such property: ${hint}` });
      continue;
    }
    const checked = checkValue(field, given);
    if (checked.value !== undefined) value[key] = checked.value;
    failures.push(...checked.failures);
  }
  for (const field of fields) {
    if (field.behavior === "required" && value[field.name] === undefined && !mentioned(failures, field.property)) {
      failures.push({ property: field.property, reason: `missing: ${owner} needs ${field.name}. ${field.doc}` });
    }
  }
  failures.push(...oneofFailures(fields, value));
  return { value, failures };
}

function oneofFailures(fields: readonly Field[], value: { readonly [key: string]: PropertyValue }): Failure[] {
  const groups = new Map<string, Field[]>();
  for (const field of fields) {
    if (field.oneof && value[field.name] !== undefined) {
      groups.set(field.oneof, [...(groups.get(field.oneof) ?? []), field]);
    }
  }
  return [...groups.values()].flatMap((members) =>
    members.slice(1).map((member) => ({
      property: member.property,
      reason: `cannot be set together with ${members[0]?.property}: at most one of ${names(members)}`,
    })),
  );
}

function checkBool(field: Field, value: PropertyValue): Checked {
  if (typeof value === "boolean") return { value, failures: [] };
  if (value === "true" || value === "false") return { value: value === "true", failures: [] };
  return fail(field, value, "expected true or false");
}

function checkEnum(field: Field, value: PropertyValue): Checked {
  const { prefix, values } = enumByName(field.type ?? "");
  const usable = values.filter(({ number }) => number !== 0);
  const wanted = String(value).toUpperCase().replace(/-/g, "_");
  const match = usable.find(({ name }) => name === wanted || name === `${prefix}${wanted}`);
  if (match) return { value: match.name, failures: [] };
  const short = usable.map(({ name }) => name.slice(prefix.length).toLowerCase()).join(", ");
  return fail(field, value, `expected one of ${short} (or the full name, ${usable[0]?.name})`);
}

function checkNumber(field: Field, value: PropertyValue): Checked {
  const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isInteger(number)) return fail(field, value, "expected a whole number");
  if (!Number.isSafeInteger(number)) return fail(field, value, "too large: numbers are exact up to 2^53");
  if (field.values && !field.values.includes(number))
    return fail(field, value, `expected one of ${field.values.join(", ")}`);
  const least = field.minimum ?? (field.kind === "uint32" ? 0 : field.kind === "int32" ? -INT32_MAX - 1 : undefined);
  const most = Math.min(
    field.maximum ?? Infinity,
    field.kind === "int32" ? INT32_MAX : field.kind === "uint32" ? 2 ** 32 - 1 : Infinity,
  );
  if ((least !== undefined && number < least) || number > most) {
    return fail(field, value, most === Infinity ? `expected ${least} or more` : `expected ${least} to ${most}`);
  }
  return field.format ? byFormat(field, number) : { value: number, failures: [] };
}

function checkText(field: Field, value: PropertyValue): Checked {
  if (typeof value !== "string" && typeof value !== "number") return fail(field, value, "expected text");
  const text = String(value);
  if (text === "" && field.behavior === "required") return fail(field, value, `must not be empty. ${field.doc}`);
  if (text === "") return { value: text, failures: [] };
  if (field.maxLength !== undefined && text.length > field.maxLength) {
    return fail(field, value, `has ${text.length} characters, at most ${field.maxLength} are allowed`);
  }
  return field.format ? byFormat(field, text) : { value: text, failures: [] };
}

function byFormat(field: Field, value: string | number): Checked {
  if (!field.format) return { value, failures: [] };
  const verdict = validate(field.format, String(value));
  if ("wrong" in verdict) return fail(field, value, verdict.wrong);
  const isNumber = field.kind === "int64" || field.kind === "int32" || field.kind === "uint32";
  return { value: isNumber && field.format !== "eui64" ? Number(verdict.ok) : String(verdict.ok), failures: [] };
}

function fail(field: Field, value: PropertyValue, reason: string): Checked {
  const shown = field.secret ? "" : `, got ${JSON.stringify(value)}`;
  return { value, failures: [{ property: field.property, reason: `${reason}${shown}` }] };
}

const mentioned = (failures: readonly Failure[], property: string): boolean =>
  failures.some((failure) => failure.property === property || failure.property.startsWith(`${property}.`));

const names = (fields: readonly Field[]): string => fields.map(({ name }) => name).join(", ");
