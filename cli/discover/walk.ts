import { status } from "@grpc/grpc-js";
import { catalogue } from "../../provider/catalogue";
import type { ResourceType } from "../../provider/catalogue";
import type { Properties, PropertyValue } from "../../provider/catalogue/values/property";
import { propertiesOf } from "../../provider/catalogue/values/wire";
import type { WireMessage } from "../../provider/catalogue/values/wire";
import { idOf, nameFor, OpiError, parentOf, reads } from "../../provider/client";
import type { Agent, Dialect } from "../../provider/client";
import { markerOf, read } from "../../provider/lifecycle";
import type { Progress } from "./progress";

/** An object that can be taken over. */
export interface Discovered {
  readonly type: ResourceType;
  /** Resource name, as the agent takes it: what `pulumi import` takes. */
  readonly name: string;
  /** The inputs that describe it, secrets and what the agent never tells excepted. */
  readonly inputs: Properties;
  /** Property paths that this agent tells of no object of the type. */
  readonly untold: readonly string[];
}

/** Something the agent lists, or should, that has no address. */
export interface Unaddressable {
  readonly noun: string;
  readonly what: string;
  readonly reason: string;
  /** Of an entry without a name: what it tells of itself. */
  readonly mark?: Mark;
}

/** A property by which an object can be told from others of its kind. */
interface Mark {
  readonly property: string;
  readonly value: PropertyValue;
}

export interface Walked {
  /** Parents before children, volumes before what refers to them. */
  readonly objects: readonly Discovered[];
  readonly unaddressable: readonly Unaddressable[];
}

/** Reads at a time: an agent is no place for hundreds of calls at once. */
const AT_ONCE = 8;

/**
 * Every object of every type that can be managed. Each is read by its name, as an import will: a name in a list proves
 * nothing (recordings/bridge-grpc.jsonl: NullVolume/list shows every bdev there is).
 *
 * @param also resource names of objects that lists do not name
 * @throws OpiError when a list fails for another reason than that the agent does not serve it
 */
export async function walk(agent: Agent, progress: Progress, also: readonly string[] = []): Promise<Walked> {
  const dialect = await agent.dialect();
  const objects: Discovered[] = [];
  const unaddressable: Unaddressable[] = [];
  for (const type of inOrder(catalogue.types.filter(({ readOnly }) => !readOnly))) {
    progress.begin(type.noun);
    const parents = type.parent ? objects.filter((each) => each.type.noun === type.parent?.noun) : [undefined];
    for (const parent of parents) {
      const listed = await list(agent, dialect, type, parent?.name);
      if ("reason" in listed) {
        unaddressable.push({
          noun: type.noun,
          what: parent ? `below ${parent.name}` : "(all)",
          reason: listed.reason,
        });
        continue;
      }
      const named = also.filter((name) => isSpelledAs(dialect, type, name) && parentOf(type, name) === parent?.name);
      const unlisted = named.filter((name) => !listed.some((entry) => entry.name === name));
      const entries = [...listed, ...unlisted.map((name) => ({ name }))];
      const found = await inBatches(entries, (entry, at) =>
        one(agent, dialect, type, parent?.name, { entry, at, isListed: at < listed.length }, progress),
      );
      for (const each of found) {
        if ("reason" in each) unaddressable.push(each);
        // Kinds that share a name space list one another's objects; the first that reads it is its kind.
        else if (!objects.some(({ name }) => name === each.name)) objects.push(each);
      }
    }
  }
  const seen = (name: string): boolean =>
    objects.some((object) => object.name === name) || unaddressable.some(({ what }) => what === name);
  const reason = "no type has such names, or its parent was not found";
  const unknown = also.filter((name) => !seen(name)).map((what) => ({ noun: "--also", what, reason }));
  return { objects, unaddressable: [...withoutFound(unaddressable, objects), ...unknown] };
}

/** Whether the agent would give such a name to an object of the type. */
function isSpelledAs(dialect: Dialect, type: ResourceType, name: string): boolean {
  return nameFor(dialect, type, idOf(name), parentOf(type, name)) === name;
}

/** The entries of a list, or why the agent has none to give. */
async function list(
  agent: Agent,
  dialect: Dialect,
  type: ResourceType,
  parent: string | undefined,
): Promise<readonly WireMessage[] | { readonly reason: string }> {
  const known = dialect.unavailable[type.noun]?.list;
  if (known) return { reason: known };
  try {
    return await agent.list(type, parent);
  } catch (error) {
    if (error instanceof OpiError && error.code === status.UNIMPLEMENTED) return { reason: error.detail };
    throw error;
  }
}

interface Candidate {
  readonly entry: WireMessage;
  /** Its place in the list. */
  readonly at: number;
  /** Whether the agent named it, or whoever asks. */
  readonly isListed: boolean;
}

async function one(
  agent: Agent,
  dialect: Dialect,
  type: ResourceType,
  parent: string | undefined,
  { entry, at, isListed }: Candidate,
  progress: Progress,
): Promise<Discovered | Unaddressable> {
  const given = typeof entry.name === "string" ? entry.name : "";
  if (given === "") {
    const where = parent ? ` below ${parent}` : "";
    const mark = markOf(type, dialect, entry);
    const told = mark ? ` (${mark.property} ${JSON.stringify(mark.value)})` : "";
    return {
      noun: type.noun,
      mark,
      what: `number ${at + 1} of the list${where}${told}`,
      reason: `the agent lists it without a name${hasChildren(type) ? ", so that nothing below it can be found either" : ""}; give its name by --also if you know it`,
    };
  }
  // Bare ids are completed as the dialect spells names (recordings/bridge-grpc.jsonl: NvmeController/list).
  const name = given.includes("/") ? given : nameFor(dialect, type, given, parent);
  const listed = isListed ? "it is listed, but " : "";
  try {
    const place = { type, agent, warn: () => undefined };
    const resource = await read(place, { id: name });
    progress.step();
    if (!resource) return { noun: type.noun, what: name, reason: `${listed}the agent finds none of that name` };
    return { type, name, inputs: resource.inputs, untold: markerOf(resource.outputs).unknown };
  } catch (error) {
    if (error instanceof OpiError && !error.unreachable) {
      return { noun: type.noun, what: name, reason: `${listed}it cannot be read: ${error.detail}` };
    }
    throw error;
  }
}

/** What an entry without a name tells of itself, so that whoever knows the device knows which it is. */
function markOf(type: ResourceType, dialect: Dialect, entry: WireMessage): Mark | undefined {
  const properties = propertiesOf(type, entry);
  for (const { name, kind, secret } of type.fields) {
    const value = properties[name];
    if (kind === "string" && !secret && value !== undefined && reads(dialect, type, name))
      return { property: name, value };
  }
  return undefined;
}

const hasChildren = ({ noun }: ResourceType): boolean => catalogue.types.some(({ parent }) => parent?.noun === noun);

/** Types in an order in which nothing refers to what comes later; among equals, the contract's order. */
export function inOrder(types: readonly ResourceType[]): readonly ResourceType[] {
  const rank = ({ area, parent, fields }: ResourceType): number => {
    const areas = ["backend", "middleend", "frontend"].indexOf(area);
    const refersHere = fields.some(({ references }) =>
      references?.some((noun) => types.some((other) => other.noun === noun && other.area === area)),
    );
    return areas * 10 + (parent ? 2 : 0) + (refersHere ? 1 : 0);
  };
  return [...types].sort((a, b) => rank(a) - rank(b));
}

/**
 * What one kind could not read is no loss when another kind did: they share a name space. And an entry without a name is
 * none when its object was found by one.
 */
function withoutFound(
  unaddressable: readonly Unaddressable[],
  objects: readonly Discovered[],
): readonly Unaddressable[] {
  const names = new Set(objects.map(({ name }) => name));
  const isFound = ({ noun, mark }: Unaddressable): boolean =>
    mark !== undefined &&
    objects.some(({ type, inputs }) => type.noun === noun && inputs[mark.property] === mark.value);
  return unaddressable.filter((each) => !names.has(each.what) && !isFound(each));
}

async function inBatches<T, R>(items: readonly T[], work: (item: T, at: number) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) {
    const batch = items.slice(from, from + AT_ONCE);
    results.push(...(await Promise.all(batch.map((item, at) => work(item, from + at)))));
  }
  return results;
}
