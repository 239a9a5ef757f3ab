import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Every process of a run inherits this, so that the end of the run can tell which ones are its own. */
export const runMark = "TEST_RUN_FOLDER";

/** Jest's global set-up: gives the run a temporary folder of its own. Short, for unix sockets end at 107 bytes. */
export default function begin(): void {
  const folder = mkdtempSync(join(tmpdir(), "opi-"));
  process.env[runMark] = folder;
  process.env.TMPDIR = folder;
}
