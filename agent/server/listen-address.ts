import { isIPv4, isIPv6 } from "node:net";

/** Where an agent listens. */
export type ListenAddress =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number };

/** sockaddr_un holds 108 bytes with the ending zero (unix(7)). */
const LONGEST_SOCKET_PATH = 107;

export function parseListenAddress(text: string): ListenAddress {
  if (text.startsWith("unix:")) {
    const path = text.slice("unix:".length).replace(/^\/\/(?=\/)/, "");
    if (path === "") throw new Error(`listen address ${JSON.stringify(text)}: a path is missing after unix:`);
    if (Buffer.byteLength(path) > LONGEST_SOCKET_PATH)
      throw new Error(
        `listen address ${JSON.stringify(text)}: socket paths have at most ${LONGEST_SOCKET_PATH} bytes, this one has ${Buffer.byteLength(path)}`,
      );
    return { kind: "unix", path };
  }
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535 || (match?.[1] !== undefined && !isIPv6(host)))
    throw new Error(
      `listen address ${JSON.stringify(text)} is none: expected host:port, [IPv6 address]:port or unix:/path`,
    );
  return { kind: "tcp", host, port };
}

export function formatListenAddress(address: ListenAddress): string {
  if (address.kind === "unix") return `unix:${address.path}`;
  return isIPv6(address.host) ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** Whether only this machine can reach it, so that plain text is no risk. */
export function isLocal(address: ListenAddress): boolean {
  if (address.kind === "unix") return true;
  const { host } = address;
  return host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
}
