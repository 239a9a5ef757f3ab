import { execFileSync } from "node:child_process";

/** A user or group by its number. */
export interface Account {
  readonly name?: string;
  readonly id: number;
}

export interface UserAccount extends Account {
  /** Its primary group, where the system knows the user. */
  readonly group?: number;
}

/** Node cannot look names up; getent(1) asks everything that the system gets its users from. */
function entry(database: "passwd" | "group", key: string): readonly string[] | undefined {
  try {
    return execFileSync("getent", [database, key], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
      .trim()
      .split(":");
  } catch {
    return undefined;
  }
}

const isNumber = (text: string): boolean => /^[0-9]{1,10}$/.test(text);

export function findUser(text: string): UserAccount {
  const [name, , id, group] = entry("passwd", text) ?? [];
  if (name !== undefined) return { name, id: Number(id), group: Number(group) };
  if (isNumber(text)) return { id: Number(text) };
  throw new Error(`--user ${text}: there is no such user`);
}

export function findGroup(flag: string, text: string): Account {
  const [name, , id] = entry("group", text) ?? [];
  if (name !== undefined) return { name, id: Number(id) };
  if (isNumber(text)) return { id: Number(text) };
  throw new Error(`${flag} ${text}: there is no such group`);
}
