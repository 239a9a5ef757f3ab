import { sampleOf, type Sample } from "../report/statistics";

/**
 * Runs every variant once per round, so that what else the machine does meanwhile falls on all of them, and each second
 * round in the opposite order, so that none always comes first.
 */
export async function sideBySide<T, R>(
  rounds: number,
  variants: readonly T[],
  measure: (variant: T, round: number) => Promise<R>,
): Promise<ReadonlyMap<T, readonly R[]>> {
  const results = new Map<T, R[]>(variants.map((variant) => [variant, []]));
  for (let round = 0; round < rounds; round++) {
    for (const variant of round % 2 === 0 ? variants : [...variants].reverse())
      results.get(variant)?.push(await measure(variant, round));
  }
  return results;
}

/** One number of each repetition. */
export const each = <R>(results: readonly R[] | undefined, number: (result: R) => number): Sample =>
  sampleOf((results ?? []).map(number));
