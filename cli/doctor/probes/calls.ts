import { status } from "@grpc/grpc-js";
import { catalogue } from "../../../provider/catalogue";
import type { ResourceType, Verb } from "../../../provider/catalogue";
import { nameFor, parentOf } from "../../../provider/client";
import type { Dialect } from "../../../provider/client";
import type { Probe } from "../../../provider/client/probe";
import { call, methodOf } from "./call";
import type { Outcome } from "./call";
import { lookAtList, meansEmpty, saysMissing } from "./lists";
import type { Listed, ListLook, ListTrap } from "./lists";

/** What one read call of a type came to. */
export interface CallLook {
  readonly noun: string;
  readonly verb: Verb;
  /** Full name of the service. */
  readonly service: string;
  readonly method: string;
  /** `answers`: also when it rightly says that there is no such object. `fails`: on an object that is there. */
  readonly outcome: "answers" | "unimplemented" | "fails";
  /** What it said when it did not answer with a message. */
  readonly said?: string;
  readonly milliseconds: number;
}

export interface Looked {
  readonly calls: readonly CallLook[];
  readonly lists: readonly ListLook[];
  /** An object that was listed and can be read, by noun. */
  readonly samples: ReadonlyMap<string, string>;
  /** Names that were listed, by noun. */
  readonly names: ReadonlyMap<string, readonly string[]>;
}

/** An id that nobody has: reads of it are answered by whoever serves the call, and harm nothing. */
const NOBODY = "pulumi-opi-probe";
/** Children are looked at below so many parents. */
const MOST_PARENTS = 3;
/** So many of the listed objects are tried before a list counts as one of other kinds' objects. */
const MOST_TRIED = 8;
/** A device has one inventory (inventory.proto). */
const INVENTORY = "inventory/self/inventory/self";

/**
 * Tries every call of the contract that only reads, on objects that are there where there are any.
 *
 * @throws AgentGone
 */
export async function lookAtCalls(probe: Probe, dialect: Dialect, begin: (noun: string) => void): Promise<Looked> {
  const calls: CallLook[] = [];
  const lists: ListLook[] = [];
  const names = new Map<string, readonly string[]>();
  const samples = new Map<string, string>();
  for (const type of inOrderOfParents(catalogue.types)) {
    begin(type.noun);
    const listed = await listsOf(probe, dialect, type, names, calls);
    lists.push(...listed.map(({ look }) => look));
    names.set(
      type.noun,
      listed.flatMap((each) => each.names.map((name) => fullName(dialect, type, name, each.look.parent))),
    );
    const sample = await firstThatExists(probe, dialect, type, names.get(type.noun) ?? []);
    if (sample !== undefined) samples.set(type.noun, sample.name);
    for (const verb of ["get", "stats"] as const) {
      const method = type.methods[verb];
      if (!method) continue;
      const name = sample?.name ?? nobody(dialect, type, names);
      const outcome = verb === "get" && sample ? sample.outcome : await call(probe, method, { name });
      calls.push(lookOf(type, verb, outcome, sample !== undefined || type.area === "inventory"));
    }
  }
  return { calls, lists: withSameEntries(lists, names), samples, names };
}

/**
 * The first listed object that the agent does not deny: lists are known to show objects of other kinds
 * (recordings/bridge-grpc.jsonl: NullVolume/list, VirtioBlk/list).
 */
async function firstThatExists(
  probe: Probe,
  dialect: Dialect,
  type: ResourceType,
  listed: readonly string[],
): Promise<{ readonly name: string; readonly outcome: Outcome } | undefined> {
  const { get } = type.methods;
  if (!get) return undefined;
  for (const name of listed.slice(0, MOST_TRIED)) {
    const outcome = await call(probe, get, { name });
    if (outcome.kind === "answer" || !saysMissing(dialect, outcome)) return { name, outcome };
  }
  return undefined;
}

async function listsOf(
  probe: Probe,
  dialect: Dialect,
  type: ResourceType,
  names: ReadonlyMap<string, readonly string[]>,
  calls: CallLook[],
): Promise<readonly Listed[]> {
  const method = type.methods.list;
  if (!method) return [];
  const found: Listed[] = [];
  const known = type.parent ? (names.get(type.parent.noun) ?? []).slice(0, MOST_PARENTS) : [];
  const parents = !type.parent
    ? [undefined]
    : known.length > 0
      ? known
      : [parentOf(type, nobody(dialect, type, names))];
  for (const parent of parents) {
    const started = performance.now();
    const scope = method.parent ? { parent: parent ?? method.fixedParent ?? "" } : {};
    const listed = await lookAtList(probe, type, method, scope);
    const isFirst = parent === parents[0];
    if (!("kind" in listed)) {
      // Below a parent that is not there a list tells nothing of lists.
      if (!type.parent || known.length > 0) found.push(listed);
      const answer = { kind: "answer", message: {}, milliseconds: performance.now() - started } as const;
      if (isFirst) calls.push(lookOf(type, "list", answer, true));
    } else if (isFirst) {
      const expected =
        (type.parent !== undefined && known.length === 0) || meansEmpty(dialect.emptyLists[type.noun], listed);
      calls.push(lookOf(type, "list", listed, !expected));
    }
  }
  return found;
}

/** @param exists whether the object asked for is there, so that an error is a failure */
function lookOf(type: ResourceType, verb: Verb, outcome: Outcome, exists: boolean): CallLook {
  const look = {
    noun: type.noun,
    verb,
    service: type.service,
    method: methodOf(type.methods[verb]?.rpc ?? ""),
    milliseconds: outcome.milliseconds,
  };
  if (outcome.kind === "answer") return { ...look, outcome: "answers" };
  if (outcome.code === status.UNIMPLEMENTED) return { ...look, outcome: "unimplemented", said: outcome.said };
  const lost = [status.DEADLINE_EXCEEDED, status.UNAVAILABLE, status.UNAUTHENTICATED, status.PERMISSION_DENIED];
  const failed = exists || lost.includes(outcome.code);
  return { ...look, outcome: failed ? "fails" : "answers", said: outcome.said };
}

/** A resource name of the type that nothing has. */
function nobody(dialect: Dialect, type: ResourceType, names: ReadonlyMap<string, readonly string[]>): string {
  if (type.area === "inventory") return INVENTORY;
  const parentType = type.parent && catalogue.types.find(({ noun }) => noun === type.parent?.noun);
  const parent = parentType && (names.get(parentType.noun)?.[0] ?? nobody(dialect, parentType, names));
  return nameFor(dialect, type, NOBODY, parent);
}

/** Bare ids are completed as the dialect spells names (recordings/bridge-grpc.jsonl: NvmeController/list). */
const fullName = (dialect: Dialect, type: ResourceType, name: string, parent: string | undefined): string =>
  name.includes("/") ? name : nameFor(dialect, type, name, parent);

/** Lists of several kinds that show the same names (recordings/bridge-grpc.jsonl: NullVolume/list shows every bdev). */
function withSameEntries(
  lists: readonly ListLook[],
  names: ReadonlyMap<string, readonly string[]>,
): readonly ListLook[] {
  return lists.map((look) => {
    const own = names.get(look.noun) ?? [];
    const others = [...names].flatMap(([noun, listed]) =>
      noun !== look.noun && own.length > 0 && listed.some((name) => own.includes(name)) ? [noun] : [],
    );
    const trap: ListTrap = {
      kind: "sameAsOthers",
      text: `shows objects that the lists of ${others.join(", ")} show, too: an entry does not prove of what kind it is`,
    };
    return others.length > 0 ? { ...look, traps: [...look.traps, trap] } : look;
  });
}

const inOrderOfParents = (types: readonly ResourceType[]): readonly ResourceType[] => [
  ...types.filter(({ parent }) => !parent),
  ...types.filter(({ parent }) => parent),
];
