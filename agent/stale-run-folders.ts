import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

import { answers } from "./server/unix-socket";

/** Temporary folders of agents carry this name. */
export const RUN_FOLDER_PREFIX = "pulumi-opi-agent-";

/** An agent that has just started makes its folder and then its socket; nothing this young is looked at. */
const YOUNG_MS = 5_000;

/**
 * Clears away what killed agents left in the folder for temporary files. Only those that ran a simulator: it died with
 * them, which its socket shows, while a real SPDK goes on with the sockets that it was given.
 */
export async function removeStaleRunFolders(temporary: string, now = Date.now()): Promise<void> {
  const names = await readdir(temporary).catch((): string[] => []);
  for (const name of names.filter((each) => each.startsWith(RUN_FOLDER_PREFIX))) {
    const socket = join(temporary, name, "spdk.sock");
    const found = await stat(socket).catch(() => undefined);
    if (found === undefined || !found.isSocket() || now - found.mtimeMs < YOUNG_MS || (await answers(socket))) continue;
    // Another user's cannot be removed, and need not be.
    await rm(join(temporary, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
