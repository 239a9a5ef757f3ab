import { randomBytes } from "node:crypto";
import { chmod, mkdir, open, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { KEY_BYTES } from "./seal";

/** The folder of an agent's durable state. Nobody but its owner gets in: 0700, whatever was there before. */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (((await stat(folder)).mode & 0o077) !== 0) await chmod(folder, 0o700);
  } catch (error) {
    throw new Error(
      `the state folder ${folder} cannot be used: ${messageOf(error)}; choose one that the agent may write (--state-dir)`,
      { cause: error },
    );
  }
}

/** The key that secrets are sealed under: from the given file, or one of the folder's own, made at the first start. */
export async function stateKey(folder: string, keyFile: string | undefined): Promise<Buffer> {
  if (keyFile !== undefined) return parseKey(await read(keyFile), keyFile);
  const own = join(folder, "key");
  const existing = await readFile(own, "utf8").catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw new Error(`the state key ${own} cannot be read: ${messageOf(error)}`, { cause: error });
  });
  if (existing !== undefined) return parseKey(existing, own);
  const key = randomBytes(KEY_BYTES);
  // A whole key or none: a process that ends here leaves a file that nobody reads.
  await writeFile(`${own}.new`, `${key.toString("hex")}\n`, { mode: 0o600, flush: true });
  await rename(`${own}.new`, own);
  await syncFolder(folder);
  return key;
}

/** 32 bytes as 64 hexadecimal digits or in base64; errors never repeat any of it. */
function parseKey(text: string, file: string): Buffer {
  const trimmed = text.trim();
  const key = /^[0-9a-f]{64}$/i.test(trimmed)
    ? Buffer.from(trimmed, "hex")
    : /^[A-Za-z0-9+/]{43}=$/.test(trimmed)
      ? Buffer.from(trimmed, "base64")
      : undefined;
  if (key === undefined)
    throw new Error(`the state key ${file} is none: expected ${KEY_BYTES} bytes as 64 hexadecimal digits or in base64`);
  return key;
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new Error(`the state key ${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "ENOENT";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
