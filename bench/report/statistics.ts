/** Repetitions of one measurement, lowest first. */
export interface Sample {
  readonly sorted: readonly number[];
}

export const sampleOf = (values: readonly number[]): Sample => ({ sorted: [...values].sort((a, b) => a - b) });

/** The value below which that part of the repetitions lies (nearest rank). */
export function quantile({ sorted }: Sample, part: number): number {
  if (sorted.length === 0) throw new Error("nothing was measured");
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(part * sorted.length) - 1))];
}

/** Of an even number of repetitions, the middle of the two in the middle. */
export function median(sample: Sample): number {
  const upper = sample.sorted[Math.floor(sample.sorted.length / 2)];
  return (quantile(sample, 0.5) + upper) / 2;
}

/** Lowest and highest: with a handful of repetitions nothing finer is honest. */
export function spread({ sorted }: Sample): readonly [lowest: number, highest: number] {
  if (sorted.length === 0) throw new Error("nothing was measured");
  return [sorted[0], sorted[sorted.length - 1]];
}
