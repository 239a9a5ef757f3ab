/** `npm run bench [name…]`: measures, and prints Markdown. Nothing is asserted: what is seen stands in RESULTS.md. */
import { benches } from "./benches";
import { machineFacts } from "./report/machine";
import { markdown } from "./report/table";

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !benches.some((bench) => bench.name === name));
  if (unknown.length > 0) {
    const known = benches.map((bench) => `  ${bench.name.padEnd(12)} ${bench.question}`).join("\n");
    throw new Error(`no bench is called ${unknown.join(", ")}; there are:\n${known}`);
  }
  console.log(`_${machineFacts()}_`);
  for (const bench of benches.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const started = performance.now();
    const tables = await bench.run((step) => console.error(`${bench.name}: ${step}`));
    const seconds = Math.round((performance.now() - started) / 1000);
    console.log(`\n## ${bench.name}: ${bench.question}\n\n${tables.map(markdown).join("\n\n")}`);
    console.error(`${bench.name}: done in ${seconds} s`);
  }
}

main(process.argv.slice(2)).then(
  // A Pulumi program that ran in this process can leave handles behind that would keep it alive.
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
