/** What the demo says between Pulumi's own output. */
const done: { readonly title: string; readonly seconds: number }[] = [];
const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const bold = (text: string): string => (colour ? `\u001b[1m${text}\u001b[0m` : text);

/** Runs one step of the demo under a heading. */
export async function step(title: string, explanation: string, work: () => Promise<void>): Promise<void> {
  console.log(`\n${bold(`━━ ${done.length + 1}. ${title}`)}\n   ${explanation}\n`);
  const start = Date.now();
  await work();
  done.push({ title, seconds: (Date.now() - start) / 1000 });
}

/** Says what the demo itself does or has seen, as opposed to Pulumi. */
export function say(text: string): void {
  console.log(`   » ${text}`);
}

/** @throws Error when something is not as the demo promises: it must never show a success that is none */
export function expect(condition: boolean, promise: string): void {
  if (!condition) throw new Error(`not as promised: ${promise}`);
  say(promise);
}

export function summary(): void {
  console.log(`\n${bold("━━ Summary")}`);
  for (const { title, seconds } of done) console.log(`   ✓ ${title} (${seconds.toFixed(1)} s)`);
}
