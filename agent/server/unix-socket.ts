import { chmodSync, chownSync, lstatSync } from "node:fs";
import { lstat, rm } from "node:fs/promises";
import { connect, type Server } from "node:net";

/** Who may open a socket: whoever may open it may do everything the agent can. */
export interface SocketAccess {
  /** Permission bits, such as 0o660. Default 0o600: only the agent's own user. */
  readonly mode?: number;
  /** Numeric id of the group that owns the socket. Left out, the process's own. */
  readonly group?: number;
}

/**
 * Lets a server listen at a path. The socket is never open to more than it is to be, not for a moment: it is made for
 * the own user only, by the umask, then given to its group, then opened for that group.
 */
export function listenAtPath(server: Server, path: string, access: SocketAccess): void {
  const before = process.umask(0o177);
  try {
    // Node binds a path before `listen` returns; only the event comes later.
    server.listen(path);
  } finally {
    process.umask(before);
  }
  // Where binding failed there is nothing, or somebody else's; the server's error event tells of it.
  if (!server.listening || !lstatSync(path).isSocket()) return;
  if (access.group !== undefined) chownSync(path, process.geteuid?.() ?? -1, access.group);
  chmodSync(path, access.mode ?? 0o600);
}

/** A socket that nobody answers on is what a killed process left behind; a live one, or any other file, is kept. */
export async function removeStaleSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket())
    throw new Error(`cannot listen at unix:${path}: there is a file of that name that is no socket`);
  if (await answers(path)) throw new Error(`cannot listen at unix:${path}: another process listens there`);
  await rm(path);
}

/** Whether a process listens there. One that this process may not talk to is there all the same. */
export function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code !== "ECONNREFUSED" && error.code !== "ENOENT"),
    );
  });
}
