import { isIPv4, isIPv6 } from "node:net";

/** Where an agent listens. */
export type Address =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/** Longest path of a unix socket: 108 bytes in Linux's sockaddr_un, one of them the final zero; macOS has 104. */
const LONGEST_SOCKET_PATH = process.platform === "darwin" ? 103 : 107;

/** Port that all known OPI bridges listen on when nothing else is said (AGENTS.md, vendor bridges). */
export const USUAL_PORT = 50051;

/** The address, or why the text is none and what would be right. */
export function parseAddress(text: string): Address | { readonly kind: "invalid"; readonly reason: string } {
  const trimmed = text.trim();
  if (trimmed === "") return invalid(`is empty; give host:port, such as dpu1:${USUAL_PORT}, or unix:/path`);
  if (trimmed.startsWith("unix:")) return parseSocketPath(trimmed.slice("unix:".length));
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(trimmed)?.[1];
  if (scheme) {
    return invalid(`"${trimmed}" has a scheme; give the host and port alone: leave out "${scheme}://"`);
  }
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(trimmed);
  const plain = /^([^:]*):([^:]*)$/.exec(trimmed);
  const host = bracketed?.[1] ?? plain?.[1];
  if (host === undefined) {
    return isIPv6(trimmed)
      ? invalid(`an IPv6 address stands in brackets, with a port: [${trimmed}]:${USUAL_PORT}`)
      : trimmed.includes(":")
        ? invalid(`"${trimmed}" is no host:port`)
        : withoutPort(trimmed);
  }
  const portText = bracketed ? bracketed[2] : plain?.[2];
  if (!portText) return withoutPort(bracketed ? `[${host}]` : host);
  if (!/^[0-9]{1,5}$/.test(portText) || Number(portText) < 1 || Number(portText) > 65535) {
    return invalid(`"${portText}" is no port; a port is a number from 1 to 65535`);
  }
  const canonical = canonicalHost(host, bracketed !== null);
  return canonical === undefined
    ? invalid(`"${host}" is no host name and no IP address`)
    : { kind: "tcp", host: canonical, port: Number(portText) };
}

/** One spelling for each place: `host:port`, `[v6]:port`, `unix:/path`; the forms of localhost are one. */
export function canonicalAddress(address: Address): string {
  if (address.kind === "unix") return `unix:${address.path}`;
  const local = ["localhost", "127.0.0.1", "::1"].includes(address.host);
  return `${local ? "localhost" : hostText(address.host)}:${address.port}`;
}

/** Whether two texts are one address, however they are written. */
export function sameAddress(one: string, other: string): boolean {
  const [a, b] = [parseAddress(one), parseAddress(other)];
  return a.kind !== "invalid" && b.kind !== "invalid" ? canonicalAddress(a) === canonicalAddress(b) : one === other;
}

/** What grpc-js dials: unlike the canonical form it keeps 127.0.0.1 and ::1 apart, since a server may listen on one. */
export function dialTarget(address: Address): string {
  if (address.kind === "unix") return `unix:${address.path}`;
  return isIPv4(address.host) || isIPv6(address.host)
    ? `${hostText(address.host)}:${address.port}`
    : `dns:${address.host}:${address.port}`;
}

/** Whether nothing sent to it leaves the machine. */
export function isLocal(address: Address): boolean {
  if (address.kind === "unix") return true;
  return address.host === "localhost" || address.host === "::1" || address.host.startsWith("127.");
}

function parseSocketPath(rest: string): ReturnType<typeof parseAddress> {
  const path = rest.startsWith("//") ? rest.slice(2) : rest;
  if (!path.startsWith("/")) return invalid(`the path of a unix socket is absolute: unix:/path, not "unix:${rest}"`);
  const normal = path.replace(/\/+/g, "/").replace(/\/$/, "");
  if (normal === "") return invalid("the path of the unix socket is missing: unix:/path");
  const length = Buffer.byteLength(normal);
  return length > LONGEST_SOCKET_PATH
    ? invalid(`the path of a unix socket has at most ${LONGEST_SOCKET_PATH} bytes, this one has ${length}`)
    : { kind: "unix", path: normal };
}

function canonicalHost(host: string, bracketed: boolean): string | undefined {
  if (bracketed) {
    const [v6 = "", zone] = host.split("%");
    if (!isIPv6(v6)) return undefined;
    // WHATWG URLs write IPv6 addresses in their shortest form (RFC 5952).
    const shortest = new URL(`http://[${v6}]`).hostname.slice(1, -1);
    return zone === undefined ? shortest : `${shortest}%${zone}`;
  }
  if (isIPv4(host)) return host;
  const name = host.toLowerCase().replace(/\.$/, "");
  // RFC 1123 host names, and underscores, which container networks use.
  const isName = name.length <= 253 && name.split(".").every((label) => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/.test(label));
  return isName && !/^[0-9.]+$/.test(name) ? name : undefined;
}

const hostText = (host: string): string => (host.includes(":") ? `[${host}]` : host);
const invalid = (reason: string) => ({ kind: "invalid", reason }) as const;
const withoutPort = (host: string) =>
  invalid(`"${host}" has no port; OPI agents usually listen on ${USUAL_PORT}: ${host}:${USUAL_PORT}`);
