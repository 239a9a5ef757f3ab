import { readFileSync } from "node:fs";

import { findGroup, findUser } from "./accounts";

export interface PrivilegeFlags {
  readonly user?: string;
  readonly group?: string;
}

/** Node has it on every POSIX system; its types of version 20 do not. */
type ProcessWithGroups = NodeJS.Process & { initgroups?(user: string, extraGroup: number): void };

/**
 * What gives up the rights of root for good, or undefined where nothing of the kind was asked for. Everything that can
 * be wrong with the flags is told here, before anything is opened.
 */
export function privilegeDrop({ user, group }: PrivilegeFlags): (() => void) | undefined {
  if (user === undefined) {
    if (group !== undefined) throw new Error("--group needs --user: a group alone leaves the agent all rights of root");
    return undefined;
  }
  if (process.geteuid?.() !== 0)
    throw new Error(
      `--user ${user}: only root can become another user, and this process is not root; start it as ${user}, or leave --user out`,
    );
  const account = findUser(user);
  const gid = group === undefined ? account.group : findGroup("--group", group).id;
  if (gid === undefined)
    throw new Error(`--user ${user}: the system does not know this user; say its group with --group`);
  if (account.id === 0 || gid === 0) throw new Error(`--user ${user}: this would keep the rights of root`);
  return () => {
    // Groups first: once the user is another one, the process may change no group any more (setgroups(2), setgid(2)).
    if (account.name === undefined) process.setgroups?.([gid]);
    else (process as ProcessWithGroups).initgroups?.(account.name, gid);
    process.setgid?.(gid);
    process.setuid?.(account.id);
    verify(account.id, gid);
  };
}

/** Trust nothing: a process that only seems to have given its rights up is worse than one that has not tried. */
function verify(uid: number, gid: number): void {
  const kept = [
    ...(process.getuid?.() === uid && process.geteuid?.() === uid ? [] : ["the user"]),
    ...(process.getgid?.() === gid && process.getegid?.() === gid ? [] : ["the group"]),
    ...(process.getgroups?.().includes(0) === true ? ["root's group"] : []),
    ...(works(() => process.setuid?.(0)) || works(() => process.seteuid?.(0)) ? ["the way back to root"] : []),
    ...(works(() => process.setgid?.(0)) ? ["the way back to root's group"] : []),
    ...(capabilities().some((set) => /[^0]/.test(set)) ? ["capabilities"] : []),
  ];
  if (kept.length > 0) throw new Error(`the rights of root could not be given up: ${kept.join(", ")} stayed`);
}

function works(attempt: () => void): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}

/** The process's permitted, effective and ambient sets (proc(5)); Linux only. */
function capabilities(): readonly string[] {
  try {
    const status = readFileSync("/proc/self/status", "utf8");
    return [...status.matchAll(/^Cap(?:Prm|Eff|Amb):\s*([0-9a-f]+)$/gm)].map(([, set = ""]) => set);
  } catch {
    return [];
  }
}
