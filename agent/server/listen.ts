import { chmod, lstat, rm } from "node:fs/promises";
import { connect } from "node:net";

import type { Server, ServerCredentials } from "@grpc/grpc-js";

import { formatListenAddress, type ListenAddress } from "./listen-address";

/** Binds the server and gives the true address. */
export async function listen(server: Server, address: ListenAddress, credentials: ServerCredentials): Promise<string> {
  if (address.kind === "unix") await removeStaleSocket(address.path);
  const port = await bind(server, formatListenAddress(address), credentials);
  if (address.kind === "tcp") return formatListenAddress({ ...address, port });
  // Whoever may open the socket may do everything: only the agent's own user, until somebody widens it.
  await chmod(address.path, 0o600);
  return formatListenAddress(address);
}

function bind(server: Server, target: string, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(target, credentials, (error, port) => {
      if (error === null) resolve(port);
      else reject(new Error(`cannot listen at ${target}: ${error.message}`));
    });
  });
}

/** A socket that nobody answers on is what a killed process left behind; a live one, or any other file, is kept. */
async function removeStaleSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket())
    throw new Error(`cannot listen at unix:${path}: there is a file of that name that is no socket`);
  const answered = await new Promise<boolean>((resolve) => {
    const probe = connect(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
  if (answered) throw new Error(`cannot listen at unix:${path}: another process listens there`);
  await rm(path);
}
