import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "../engine/project";
import type { StackState } from "../engine/state";
import { pluginFolder } from "./plugin";

/** A program folder with that many volumes, whose names begin with the program's. */
export const manyVolumes = (name: string, count: number): Readonly<Record<string, string>> => ({
  "Pulumi.yaml": JSON.stringify({
    name,
    runtime: "nodejs",
    plugins: { providers: [{ name: "opi", path: pluginFolder }] },
  }),
  "package.json": JSON.stringify({ name, version: "0.0.1", main: "index.js" }),
  "index.js": `
    const { CustomResource } = require("@pulumi/pulumi");
    for (let n = 0; n < ${count}; n++) {
      new CustomResource("opi:backend:NullVolume", "${name}-" + n, { blockSize: 512, blocksCount: 2048 });
    }
  `,
});

/** Ids of all volumes in the state of the program's stack `dev`; operations without an outcome are an error. */
export function volumesInState({ stateFolder }: Project, name: string): readonly string[] {
  const text = readFileSync(join(stateFolder, ".pulumi", "stacks", name, "dev.json"), "utf8");
  // What the CLI wrote.
  const { latest } = (JSON.parse(text) as StackState).checkpoint;
  if (latest?.pending_operations?.length) throw new Error(`operations are pending in the state: ${text}`);
  return (latest?.resources ?? []).flatMap(({ type, id }) => (type.endsWith(":NullVolume") ? [id ?? ""] : [])).sort();
}
