import { closest as nearest, distance } from "fastest-levenshtein";

/** The candidate that a misspelt word most probably meant; undefined when none is near. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  const near =
    candidates.length > 0
      ? nearest(
          lower,
          candidates.map((candidate) => candidate.toLowerCase()),
        )
      : "";
  const best = candidates.find((candidate) => candidate.toLowerCase() === near);
  return best && distance(lower, near) <= Math.max(1, Math.floor(word.length / 3)) ? best : undefined;
}
