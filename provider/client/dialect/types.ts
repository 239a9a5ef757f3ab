import type { Verb } from "../../catalogue";

type ByNoun<T> = Readonly<Partial<Record<string, T>>>;

/**
 * Facts about one kind of agent: how it deviates from the protocol. A table and nothing else; the life cycle asks it,
 * so that a new vendor is a new table and no code (DESIGN.md, Dialects; AGENTS.md has the facts).
 */
export interface Dialect {
  /** `standard`, `spdk-bridge`, `intel`, … */
  readonly name: string;
  /** Calls that do not work, by noun and verb, with the reason and the way round. */
  readonly unavailable: ByNoun<Readonly<Partial<Record<Verb, string>>>>;
  /** Top-level properties that Get reports truthfully; nouns not listed: all but secrets. */
  readonly reads: ByNoun<readonly string[]>;
  /** Top-level properties that Update really changes; nouns not listed: all. */
  readonly updates: ByNoun<readonly string[]>;
  /** Property paths that Create drops without a word. */
  readonly ignores: ByNoun<readonly string[]>;
  /** Property paths that Create or Update refuse when set, with the reason. */
  readonly refuses: ByNoun<Readonly<Record<string, string>>>;
  /** Values that work where not all do, by property path: `{ EncryptedVolume: { cipher: [...] } }`. */
  readonly accepts: ByNoun<Readonly<Record<string, readonly (string | number)[]>>>;
  /** What texts must look like beyond what the protocol asks, by property path, with the form in words. */
  readonly patterns: ByNoun<Readonly<Record<string, { readonly pattern: RegExp; readonly form: string }>>>;
  /** What may go wrong, or comes out otherwise than one would think: said as warnings. */
  readonly caveats: ByNoun<readonly Caveat[]>;
  /** Types whose ids mean something to the agent, so that the program must choose them: what they mean. */
  readonly chosenIds: ByNoun<string>;
  /** First part of resource names where it is not the contract's: `{ NullVolume: "volumes" }`. */
  readonly collections: ByNoun<string>;
  /** Types that share one space of names, whose lists show each other's objects. */
  readonly nameSpaces: readonly (readonly string[])[];
  /** What a reference to a volume holds: the resource's name, or its last segment only. */
  readonly references: "name" | "id";
  /** Types that mean another object where they are referred to, with the property that holds that one's name. */
  readonly standsFor: ByNoun<string>;
  /** Whether Create of an existing id answers ALREADY_EXISTS; otherwise it answers OK with the old object. */
  readonly reportsExisting: boolean;
  /** Whether Create and Update answer with the object as stored; otherwise they echo, and the life cycle reads back. */
  readonly answersAreStored: boolean;
  /** Whether writes may be sent at the same time. */
  readonly concurrentWrites: boolean;
  /** Whether NOT_FOUND proves absence: agents that forget on restart say so of objects that SPDK still has. */
  readonly remembers: boolean;
  /** How to remove by hand what the agent forgot and SPDK still has: commands with `{id}`, `{parent}`, `{property}`. */
  readonly removal: ByNoun<string>;
  /** Error texts that mean "not found" under another code, matched against UNKNOWN, INTERNAL and INVALID_ARGUMENT. */
  readonly missing: readonly RegExp[];
  /** What to do about refused creates, by their text; `{id}` is the object's id. */
  readonly hints: readonly { readonly text: RegExp; readonly remedy: string }[];
  /** Lists that return no more than this many entries without a next page token. */
  readonly silentListCut?: readonly number[];
  /** Whether lists can be trusted to name what they list, by noun; false: entries cannot be told apart by name. */
  readonly namelessLists: ByNoun<true>;
  /** Lists that come whole whatever page is asked for, with tokens that mean nothing, by noun. */
  readonly endlessLists: ByNoun<true>;
  /** Errors of List that mean "there are none", by noun: code and text as in `INVALID_ARGUMENT: …`. */
  readonly emptyLists: ByNoun<RegExp>;
}

/** A warning about one property, or about the type when the property is empty. */
export interface Caveat {
  readonly property: string;
  readonly when: "always" | "given" | "absent" | { readonly is: string };
  readonly text: string;
}
