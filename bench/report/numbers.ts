import { median, spread, type Sample } from "./statistics";

/** Three significant digits, thousands apart: more would say more than was measured. */
export function digits(value: number): string {
  if (value === 0) return "0";
  const rounded = Number(value.toPrecision(3));
  return rounded.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}

/** `median (lowest – highest)`. */
export function withSpread(sample: Sample): string {
  const [lowest, highest] = spread(sample);
  return `${digits(median(sample))} (${digits(lowest)} – ${digits(highest)})`;
}

/** How many times the other a value is. */
export const times = (value: number, other: number): string => `${digits(value / other)} ×`;
