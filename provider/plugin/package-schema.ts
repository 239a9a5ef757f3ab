import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The text of schema.json: beside this program when it is shipped as one, else in a folder above it.
 *
 * @throws Error when there is none: the installation is damaged
 */
export function packageSchema(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    try {
      return readFileSync(join(folder, "schema.json"), "utf8");
    } catch (cause) {
      if (dirname(folder) === folder) {
        throw new Error("schema.json is missing from this installation: install the plugin again", { cause });
      }
    }
  }
}
