import { closest as nearest, distance } from "fastest-levenshtein";

/** Comparing takes time by length, and no property has such a name. */
const LONGEST = 64;

/** The candidate that a misspelt word most probably meant; undefined when none is near. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0 || word.length > LONGEST) return undefined;
  const lower = word.toLowerCase();
  const near = nearest(
    lower,
    candidates.map((candidate) => candidate.toLowerCase()),
  );
  if (distance(lower, near) > Math.max(1, Math.floor(word.length / 3))) return undefined;
  return candidates.find((candidate) => candidate.toLowerCase() === near);
}
