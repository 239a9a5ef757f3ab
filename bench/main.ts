/**
 * `npm run bench [name…]`: measures, and prints Markdown for RESULTS.md. Nothing is asserted. Without a name all that
 * take a few minutes together; with `all` the slow ones, too.
 */
import type { Bench } from "./bench";
import { benches } from "./benches";
import { machineFacts } from "./report/machine";
import { markdown } from "./report/table";

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => name !== "all" && !benches.some((bench) => bench.name === name));
  if (unknown.length > 0) {
    const known = benches.map(({ name, question, slow }) => `  ${name.padEnd(12)} ${question}${slow ? " (slow)" : ""}`);
    throw new Error(`no bench is called ${unknown.join(", ")}; there are all and\n${known.join("\n")}`);
  }
  console.log(`_${machineFacts()}_`);
  const isWanted = ({ name, slow }: Bench): boolean =>
    names.includes("all") || (names.length === 0 ? slow !== true : names.includes(name));
  for (const bench of benches.filter(isWanted)) {
    const started = performance.now();
    const tables = await bench.run((step) => console.error(`${bench.name}: ${step}`));
    const seconds = Math.round((performance.now() - started) / 1000);
    console.log(`\n## \`${bench.name}\`: ${bench.question}\n`);
    console.log(`\`make bench BENCH=${bench.name}\`, ${seconds} s\n\n${tables.map(markdown).join("\n\n")}`);
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
