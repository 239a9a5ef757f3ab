import { catalogue } from "../../provider/catalogue";
import type { Field, ResourceType, Verb } from "../../provider/catalogue";
import { whyUnavailable } from "../../provider/client";
import type { Dialect } from "../../provider/client";
import type { CallLook } from "./probes/calls";

/** What will and will not work with one resource type on this agent. */
export interface Abilities {
  readonly noun: string;
  /** Pulumi's name of the type. */
  readonly token: string;
  readonly create: Ability;
  readonly read: Ability;
  readonly update: Ability;
  readonly delete: Ability;
  /** `pulumi import`, by a name that is known. */
  readonly import: Ability;
  /** Being found by `pulumi-opi discover`. */
  readonly discover: Ability;
  /** Whether a refresh sees what somebody else changed. */
  readonly refresh: Ability;
  readonly stats: Ability;
  /** Properties that a create drops without a word. */
  readonly ignored: readonly string[];
  /** Properties that are refused when they are set, and why. */
  readonly refused: Readonly<Record<string, string>>;
  /** The only values that work, for properties where not all do. */
  readonly accepted: Readonly<Record<string, readonly (string | number)[]>>;
}

export interface Ability {
  /**
   * `yes`; `partly`: with the exceptions that `why` tells; `replaces`: a change makes a new object; `no`;
   * `none`: OPI has no such call.
   */
  readonly works: "yes" | "partly" | "replaces" | "no" | "none";
  /** Why not, or not wholly, and the way round. */
  readonly why?: string;
}

const yes: Ability = { works: "yes" };

/** By the dialect's table, and by what the agent itself just answered, which weighs more. */
export function abilitiesOf(dialect: Dialect, calls: readonly CallLook[]): readonly Abilities[] {
  return catalogue.types
    .filter(({ readOnly }) => !readOnly)
    .map((type) => {
      const looked = calls.filter(({ noun }) => noun === type.noun);
      const why = (verb: Verb): string | undefined => whyUnavailable(dialect, type, verb) ?? seen(looked, type, verb);
      const read = readability(dialect, type, why("get"));
      return {
        noun: type.noun,
        token: type.token,
        create: able(why("create")),
        read,
        update: why("create") === undefined ? changeability(dialect, type, why("update")) : able(why("create")),
        delete: deletability(dialect, why("delete")),
        import: importability(type, read),
        discover: discoverability(dialect, type, why("list"), read),
        refresh: read,
        stats: type.methods.stats ? able(why("stats")) : { works: "none" },
        ignored: dialect.ignores[type.noun] ?? [],
        refused: dialect.refuses[type.noun] ?? {},
        accepted: dialect.accepts[type.noun] ?? {},
      };
    });
}

const able = (why: string | undefined): Ability => (why === undefined ? yes : { works: "no", why });

/** A service none of whose reads is implemented is not there, and nor are its writes. */
function seen(looked: readonly CallLook[], type: ResourceType, verb: Verb): string | undefined {
  const own = looked.find((each) => each.verb === verb);
  if (own) return own.outcome === "answers" ? undefined : `${own.method}: ${own.said ?? own.outcome}`;
  const reads = looked.filter((each) => each.verb !== "stats");
  const absent = reads.length > 0 && reads.every(({ outcome }) => outcome === "unimplemented");
  return absent ? `The agent answers UNIMPLEMENTED to every read of ${type.noun}.` : undefined;
}

function readability(dialect: Dialect, type: ResourceType, why: string | undefined): Ability {
  if (why !== undefined) return { works: "no", why };
  const reported = dialect.reads[type.noun];
  if (reported === undefined) return yes;
  const missing = inputs(type).filter(({ name, secret }) => !secret && !reported.includes(name));
  if (missing.length === 0) return yes;
  const names = missing.map(({ name }) => name).join(", ");
  return {
    works: "partly",
    why: `Reads do not tell ${names}: changes of them made elsewhere are not seen, and after an import the program has to say what they are.`,
  };
}

function changeability(dialect: Dialect, type: ResourceType, why: string | undefined): Ability {
  const mutable = inputs(type).filter(({ immutable }) => !immutable);
  if (mutable.length === 0) return { works: "replaces", why: "By the contract every change makes a new object." };
  if (why !== undefined) return { works: "replaces", why };
  const changing = dialect.updates[type.noun];
  if (changing === undefined) return yes;
  const kept = mutable.filter(({ name }) => changing.includes(name)).map(({ name }) => name);
  return kept.length === mutable.length
    ? yes
    : kept.length > 0
      ? { works: "partly", why: `Only ${kept.join(", ")} change in place; other changes replace the object.` }
      : { works: "replaces", why: "Updates answer OK and change nothing, or spoil the object: a change replaces it." };
}

function deletability(dialect: Dialect, why: string | undefined): Ability {
  if (why !== undefined) return { works: "no", why };
  return dialect.remembers
    ? yes
    : {
        works: "partly",
        why: "When the agent restarts it forgets its objects while SPDK keeps them: deletes then name what is left.",
      };
}

function importability(type: ResourceType, read: Ability): Ability {
  if (read.works === "no")
    return { works: "no", why: "What cannot be read cannot be imported: adopt it, or make it anew." };
  const secrets = inputs(type).filter(({ secret, behavior }) => secret && behavior === "required");
  if (secrets.length === 0) return read;
  const fill = `No agent tells ${secrets.map(({ name }) => name).join(", ")}: fill it in as a secret after the import.`;
  return read.works === "yes" ? { works: "partly", why: fill } : { works: "partly", why: `${read.why ?? ""} ${fill}` };
}

function discoverability(dialect: Dialect, type: ResourceType, why: string | undefined, read: Ability): Ability {
  if (why !== undefined || read.works === "no") return { works: "no", why: why ?? read.why };
  if (dialect.namelessLists[type.noun]) {
    return {
      works: "no",
      why: "Lists of this kind of agent do not name what they list: import by names that you know.",
    };
  }
  if (type.parent && dialect.namelessLists[type.parent.noun]) {
    return { works: "no", why: `Lists of ${type.parent.noun}, below which it would be looked for, name nothing.` };
  }
  if (dialect.silentListCut && !type.parent) {
    return {
      works: "partly",
      why: `Lists of this kind of agent are cut at ${dialect.silentListCut.join(" or ")} entries.`,
    };
  }
  return yes;
}

const inputs = ({ fields }: ResourceType): readonly Field[] => fields.filter(({ behavior }) => behavior !== "output");
