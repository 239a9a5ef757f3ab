import { accessSync, chmodSync, constants, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";

/** Marks a file as written here, so that an official one of the same name is never overwritten. */
const mark = "# Written by `make setup` of pulumi-opi, for development only.";

/**
 * The programs a Pulumi CLI needs beside it to run TypeScript, Python and Go programs, and dynamic resources. A release
 * brings all of them; a CLI built from the Go module has none.
 */
const companions = [
  { name: "pulumi-language-nodejs", module: "../languagehost/main.js", first: "nodejs" },
  { name: "pulumi-language-python", module: "../languagehost/main.js", first: "python" },
  { name: "pulumi-language-go", module: "../languagehost/main.js", first: "go" },
  {
    name: "pulumi-resource-pulumi-nodejs",
    module: "../../node_modules/@pulumi/pulumi/cmd/dynamic-provider",
    first: "",
  },
] as const;

/** Writes each companion into `bin`, unless an official one is on PATH or beside the CLI. */
export function provideCompanions(bin: string, cli: string): void {
  for (const { name, module, first } of companions) {
    const ours = join(bin, name);
    if (existsSync(ours) && !readFileSync(ours, "utf8").includes(mark)) continue;
    if (isOfficialPresent(name, bin, cli)) {
      rmSync(ours, { force: true });
      continue;
    }
    const text = `#!/bin/sh\n${mark}\nexec node "$(dirname "$0")/${module}" ${first} "$@"\n`;
    if (existsSync(ours) && readFileSync(ours, "utf8") === text) continue;
    const arriving = join(bin, `.${name}.${process.pid}`);
    writeFileSync(arriving, text);
    chmodSync(arriving, 0o755);
    renameSync(arriving, ours);
  }
}

function isOfficialPresent(name: string, bin: string, cli: string): boolean {
  const folders = [dirname(cli), ...(process.env.PATH ?? "").split(delimiter)];
  return folders.some((folder) => folder !== "" && resolve(folder) !== bin && isExecutable(join(folder, name)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
