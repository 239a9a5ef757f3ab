import type { Area } from "../catalogue";

/**
 * Token of the type that a message or enum becomes. Each area has types of its own, though several use one message: the
 * Go generator imports a module for an open enum and then leaves the import unused, which does not compile. Nested names
 * lose their dots and the `Status` between: `NvmeNamespaceStatus.State` is `NvmeNamespaceState`.
 */
export function typeToken(area: Area, fullName: string): string {
  const parts = fullName.split(".").filter((part) => /^[A-Z]/.test(part));
  const name = parts.map((part, at) => (at < parts.length - 1 ? part.replace(/Status$/, "") : part)).join("");
  return `opi:${area}:${name}`;
}

/** `opi:frontend:PciEndpoint` in its module and name. */
export function partsOf(token: string): { readonly module: string; readonly name: string } {
  const [, module = "", name = ""] = token.split(":");
  return { module, name };
}
