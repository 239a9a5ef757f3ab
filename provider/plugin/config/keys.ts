/**
 * Configuration keys of the provider. Texts, numbers and switches are handed to the client's reading of `OPI_…`
 * variables under the variable's name (`onExisting` is OPI_ON_EXISTING), so that there is one reading of them; groups
 * are objects, or JSON texts of objects, as the engine writes what is no text.
 */
export const GROUPS = ["tls", "metadata", "deadlines"] as const;
export type Group = (typeof GROUPS)[number];

const SCALARS = [
  "address",
  "insecure",
  "token",
  "dialect",
  "identity",
  "attempts",
  "onExisting",
  "deleteUnreachable",
] as const;

/** The same in one word each, as `pulumi config set opi:tlsCa` and dynamic resources have them. */
const FLAT = [
  "tlsCa",
  "tlsCert",
  "tlsKey",
  "tlsServerName",
  "tlsMinVersion",
  "connectDeadline",
  "readDeadline",
  "writeDeadline",
] as const;

export const KEYS: readonly string[] = [...SCALARS, ...GROUPS, ...FLAT];

/** Secret whether or not the program says so. Of `tls` only the key is, where it can be told apart. */
export const SECRETS: readonly string[] = ["token", "metadata", "tlsKey", "tls.key"];

/** Keys whose values may be printed beside what is wrong with them; a misspelt one may hold anything. */
export const SHOWN: readonly string[] = SCALARS.filter((key) => key !== "token");

/** Set beside an address that the environment gave: the environment gives its credentials too, with every run anew. */
export const FROM_ENVIRONMENT = "__fromEnvironment";

/** What the engine itself keeps among a provider's inputs. */
const OF_THE_ENGINE: readonly string[] = ["version", "pluginDownloadURL", "pluginChecksums", "parameterization"];

export function isOfTheEngine(key: string): boolean {
  return key.startsWith("__") || OF_THE_ENGINE.includes(key);
}

export function isGroup(key: string): key is Group {
  return GROUPS.some((group) => group === key);
}

/** `OPI_ON_EXISTING` for `onExisting`. */
export function variableOf(key: string): string {
  return `OPI_${key.replace(/([A-Z])/g, "_$1").toUpperCase()}`;
}
