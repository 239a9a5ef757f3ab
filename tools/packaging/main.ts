/** Writes the plugin's archives into dist/archives. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { archive, platforms } from "./archive";
import { bundleInto } from "./bundle";

const target = resolve(__dirname, "../../dist/archives");

async function main(): Promise<void> {
  const bundle = mkdtempSync(join(tmpdir(), "opi-bundle-"));
  try {
    await bundleInto(bundle);
    for (const platform of platforms) {
      const file = await archive(bundle, platform, target);
      console.log(`  dist/archives/${basename(file)}  ${Math.round(statSync(file).size / 1024)} KiB`);
    }
  } finally {
    rmSync(bundle, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
