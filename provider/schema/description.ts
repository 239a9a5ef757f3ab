import { enumByName, typeByNoun } from "../catalogue";
import type { Field } from "../catalogue";

/** What a user should know of an input: meaning, unit, what is allowed, what it is when left out, what a change does. */
export function describeInput(field: Field): string {
  return sentences(field.doc, allowed(field), spelling(field), references(field), leftOut(field), change(field));
}

/** What a user should know of an output. */
export function describeOutput(field: Field): string {
  return sentences(field.doc, field.kind === "enum" ? `One of ${names(field)}.` : "", spelling(field));
}

/** Ranges that the protocol's own comment does not already give. */
function allowed({ doc, minimum, maximum, values, maxLength }: Field): string {
  const isSaid = (limit: number): boolean => new RegExp(`(^|\\D)${limit}(\\D|$)`).test(doc);
  if (values) return values.every(isSaid) ? "" : `One of ${values.join(", ")}.`;
  if (maxLength !== undefined) return isSaid(maxLength) ? "" : `At most ${maxLength} characters.`;
  if (minimum !== undefined && maximum !== undefined) return isSaid(maximum) ? "" : `${minimum} to ${maximum}.`;
  if (minimum !== undefined) return minimum === 0 || isSaid(minimum) ? "" : `At least ${minimum}.`;
  return "";
}

function spelling({ format, kind }: Field): string {
  if (format === "hex") return "Hexadecimal digits, two for each byte.";
  if (format === "eui64") return "16 hexadecimal digits.";
  return kind === "int64" ? "A whole number, exact to 2^53." : "";
}

function references({ references: nouns }: Field): string {
  if (!nouns) return "";
  const types = nouns.map((noun) => `\`${typeByNoun(noun).noun}\``);
  const either = types.join(", ").replace(/, (`\w+`)$/, " or $1");
  return `Takes the \`name\` of a resource of type ${either}.`;
}

function leftOut({ assigned, doc }: Field): string {
  if (!assigned) return "";
  const what = /left out|agent decides/i.test(doc) ? "" : "Left out, the agent decides. ";
  return `${what}Leaving it out later keeps the value.`;
}

function change({ immutable, grows, kind }: Field): string {
  if (immutable) return "Changing it replaces the object.";
  if (grows) return "It can grow in place; making it smaller replaces the object.";
  return kind === "message" ? "" : "A change is made in place where the agent supports updates.";
}

function names({ type = "" }: Field): string {
  const known = enumByName(type).values.filter(({ number }) => number !== 0);
  return known.map(({ name }) => `\`${name}\``).join(", ");
}

/** Joins what is there, each with a full stop. */
export function sentences(...parts: readonly string[]): string {
  return parts
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => (/[.:!?]$/.test(part) ? part : `${part}.`))
    .join(" ");
}
