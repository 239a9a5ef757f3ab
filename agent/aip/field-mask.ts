import { copy, isFieldUnset, leavesOf, read, readLeaf, sameValue, writeLeaf, type Leaf } from "../contract/message";
import { messageShape } from "../contract/shape";
import { invalidArgument } from "./status";

/** What an update asks for: the whole object as it shall be, and the paths of the values that change. */
export interface Change<T> {
  readonly desired: T;
  readonly changed: readonly string[];
}

export interface UpdateRules {
  /** Paths that may change; everything else is immutable. A path stands for all below it. */
  readonly updatable: readonly string[];
  /** Paths that no answer ever holds. */
  readonly secrets: readonly string[];
  /** Path of the resource in the request, for errors. */
  readonly field: string;
}

/**
 * Merges what a request asks for into the object (AIP-134, AIP-161).
 *
 * Without a mask the populated fields are meant; `*` means all of them. A value that a mask names takes what the request
 * holds, absence included. Where the request only means a value because it means everything, what it left out is kept if
 * it is immutable or a secret: a client that never saw a secret or an assigned value is not asking to clear it.
 */
export function applyMask<T extends object>(
  typeName: string,
  current: T,
  wish: T,
  mask: readonly string[],
  rules: UpdateRules,
): Change<T> {
  const leaves = leavesOf(typeName);
  const named = selectLeaves(leaves, mask, wish);
  const desired = copy(typeName, current);
  const changed: string[] = [];
  for (const [leaf, { exact }] of named) {
    const before = readLeaf(current, leaf);
    const after = readLeaf(wish, leaf);
    if (leaf.output || sameValue(before, after)) continue;
    const leftOut = !exact && isFieldUnset(leaf.field, after);
    if (leftOut && rules.secrets.includes(leaf.path)) continue;
    if (!isUnder(leaf.path, rules.updatable)) {
      if (leftOut) continue;
      throw invalidArgument(
        `${rules.field}.${leaf.path}: cannot be changed after creation; delete the object and create it anew`,
      );
    }
    writeLeaf(desired, leaf, after);
    changed.push(leaf.path);
  }
  return { desired: withoutEmptied(typeName, desired, wish), changed };
}

type Selection = ReadonlyMap<Leaf, { readonly exact: boolean }>;

function selectLeaves(leaves: readonly Leaf[], mask: readonly string[], wish: object): Selection {
  const paths = mask.flatMap((entry) => entry.split(",")).filter((path) => path !== "");
  if (paths.length === 0)
    return new Map(
      leaves.filter((leaf) => !isFieldUnset(leaf.field, readLeaf(wish, leaf))).map((leaf) => [leaf, { exact: false }]),
    );
  if (paths.includes("*")) {
    if (paths.length > 1) throw invalidArgument('update_mask: "*" stands alone');
    return new Map(leaves.map((leaf) => [leaf, { exact: false }]));
  }
  const selected = new Map<Leaf, { exact: boolean }>();
  for (const path of paths) {
    const under = leaves.filter((leaf) => isUnder(leaf.path, [path]));
    if (under.length === 0) throw invalidArgument(`update_mask: ${JSON.stringify(path)} is no field of the object`);
    for (const leaf of under) {
      const exact = leaf.path === path || (selected.get(leaf)?.exact ?? false);
      selected.set(leaf, { exact });
    }
  }
  return selected;
}

export function isUnder(path: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}.`));
}

/** A message that the request left out and that has lost all its values is absent, not empty. */
function withoutEmptied<T extends object>(typeName: string, desired: T, wish: object): T {
  const emptied = messageShape(typeName).fields.filter((field) => {
    if (field.message === undefined || field.required || read(wish, field) !== undefined) return false;
    const inner = read(desired, field);
    if (typeof inner !== "object" || inner === null) return false;
    return leavesOf(field.message().typeName).every((leaf) => isFieldUnset(leaf.field, readLeaf(inner, leaf)));
  });
  return { ...desired, ...Object.fromEntries(emptied.map((field) => [field.local, undefined])) };
}
