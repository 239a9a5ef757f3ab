import { UNKNOWN } from "../../catalogue/values/property";
import type { PropertyValue } from "../../catalogue/values/property";

const LONGEST = 60;

/**
 * A value as an error text may show it: short, on one line, without characters that play tricks on a terminal. What is
 * inside lists and objects stays untold: it may be a secret.
 */
export function quote(value: PropertyValue | undefined): string {
  if (value === undefined) return "nothing";
  if (value === UNKNOWN) return "a value that is not known yet";
  if (typeof value === "string") {
    const shown = JSON.stringify(value.slice(0, LONGEST)).replace(/[^\x20-\x7e]/gu, escape);
    return value.length > LONGEST ? `${shown}… (${value.length} characters)` : shown;
  }
  if (typeof value === "object") return Array.isArray(value) ? "a list" : "an object";
  return String(value);
}

/** Letters of any script and the like are shown; what is invisible or turns the direction of writing is spelt out. */
function escape(character: string): string {
  return /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(character)
    ? character
    : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
