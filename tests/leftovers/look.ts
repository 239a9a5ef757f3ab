import { existsSync, lstatSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

export interface MarkedProcess {
  readonly pid: number;
  readonly command: string;
}

/** Other processes whose environment holds `mark`. Only Linux shows environments, so elsewhere there are none. */
export function processesMarked(mark: string): readonly MarkedProcess[] {
  if (!existsSync("/proc/self/environ")) return [];
  return readdirSync("/proc").flatMap((entry) => {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) return [];
    try {
      if (!readFileSync(`/proc/${entry}/environ`, "latin1").split("\0").includes(mark)) return [];
      return [{ pid, command: readFileSync(`/proc/${entry}/cmdline`, "latin1").replaceAll("\0", " ").trim() }];
    } catch {
      // It ended meanwhile, or belongs to somebody else.
      return [];
    }
  });
}

/** What lies in the folder, sockets named as such; only the top level, which is enough to find who made it. */
export function filesIn(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const all = lstatSync(path).isDirectory() ? sockets(path) : [];
    return [`${lstatSync(path).isSocket() ? "socket" : "file"} ${path}`, ...all];
  });
}

function sockets(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isSocket())
    .map((entry) => `socket ${join(entry.parentPath, entry.name)}`);
}
