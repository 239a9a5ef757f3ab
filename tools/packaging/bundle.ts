import { build, stop } from "esbuild";
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { licencesOf } from "./licences";

const repository = resolve(__dirname, "../..");

/** The launchers of Unix and of Windows. */
export const launchers = { unix: "pulumi-resource-opi", windows: "pulumi-resource-opi.cmd" } as const;

/** What every archive holds beside its launcher. */
export const shared = ["main.js", "provider.js", "provider.js.LEGAL.txt", "schema.json", "LICENSE"] as const;

/** Writes the plugin as it is shipped into a folder: one program with all it needs but Node. */
export async function bundleInto(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const common = { bundle: true, platform: "node", format: "cjs", logLevel: "warning" } as const;
  const { metafile } = await build({
    ...common,
    absWorkingDir: repository,
    entryPoints: [join(repository, "provider/plugin/main.ts")],
    outfile: join(folder, "provider.js"),
    target: "node20",
    minify: true,
    legalComments: "none",
    metafile: true,
  });
  const bundled = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const files = bundled.flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [join(repository, file)] : []));
  writeFileSync(join(folder, "provider.js.LEGAL.txt"), licencesOf(files));
  await build({
    ...common,
    entryPoints: [join(__dirname, "start.ts")],
    outfile: join(folder, "main.js"),
    target: "node12",
  });
  // esbuild is a process of its own, which would stay.
  await stop();
  copyFileSync(join(repository, "schema.json"), join(folder, "schema.json"));
  copyFileSync(join(repository, "LICENSE"), join(folder, "LICENSE"));
  copyFileSync(join(repository, "provider/plugin", launchers.unix), join(folder, launchers.unix));
  copyFileSync(join(__dirname, launchers.windows), join(folder, launchers.windows));
  chmodSync(join(folder, launchers.unix), 0o755);
}
