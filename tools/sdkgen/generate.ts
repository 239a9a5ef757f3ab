/** Writes sdk/ anew from schema.json: TypeScript, Python and Go. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { generateSdks, goEnvironment, sdkFolder, succeed } from "./sdkgen";

/** The generator knows no versions; these are ours. */
const kept = ["go.mod", "go.sum"];

async function main(): Promise<void> {
  for (const language of ["nodejs", "python", "go"]) {
    const folder = join(sdkFolder, language);
    const old = existsSync(folder) ? readdirSync(folder).filter((name) => !kept.includes(name)) : [];
    for (const name of old) rmSync(join(folder, name), { recursive: true });
  }
  await generateSdks(sdkFolder);
  await succeed("go", ["mod", "tidy"], join(sdkFolder, "go"), 300, { ...goEnvironment, GOFLAGS: "-mod=mod" });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
