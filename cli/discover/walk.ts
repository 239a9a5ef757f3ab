import { status } from "@grpc/grpc-js";
import { catalogue } from "../../provider/catalogue";
import type { ResourceType } from "../../provider/catalogue";
import type { Properties } from "../../provider/catalogue/values/property";
import { propertiesOf } from "../../provider/catalogue/values/wire";
import type { WireMessage } from "../../provider/catalogue/values/wire";
import { nameFor, OpiError } from "../../provider/client";
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
 * @throws OpiError when a list fails for another reason than that the agent does not serve it
 */
export async function walk(agent: Agent, progress: Progress): Promise<Walked> {
  const dialect = await agent.dialect();
  const objects: Discovered[] = [];
  const unaddressable: Unaddressable[] = [];
  for (const type of inOrder(catalogue.types.filter(({ readOnly }) => !readOnly))) {
    progress.begin(type.noun);
    const parents = type.parent ? objects.filter((each) => each.type.noun === type.parent?.noun) : [undefined];
    for (const parent of parents) {
      const entries = await list(agent, dialect, type, parent?.name);
      if ("reason" in entries) {
        unaddressable.push({
          noun: type.noun,
          what: parent ? `below ${parent.name}` : "(all)",
          reason: entries.reason,
        });
        continue;
      }
      const found = await inBatches(entries, (entry, at) =>
        one(agent, dialect, type, parent?.name, entry, at, progress),
      );
      for (const each of found) {
        if ("reason" in each) unaddressable.push(each);
        // Kinds that share a name space list one another's objects; the first that reads it is its kind.
        else if (!objects.some(({ name }) => name === each.name)) objects.push(each);
      }
    }
  }
  return { objects, unaddressable: withoutFound(unaddressable, objects) };
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

async function one(
  agent: Agent,
  dialect: Dialect,
  type: ResourceType,
  parent: string | undefined,
  entry: WireMessage,
  at: number,
  progress: Progress,
): Promise<Discovered | Unaddressable> {
  const given = typeof entry.name === "string" ? entry.name : "";
  if (given === "") {
    const where = parent ? ` below ${parent}` : "";
    return {
      noun: type.noun,
      what: `number ${at + 1} of the list${where}${told(type, entry)}`,
      reason: `the agent lists it without a name${hasChildren(type) ? ", so that nothing below it can be found either" : ""}`,
    };
  }
  // Bare ids are completed as the dialect spells names (recordings/bridge-grpc.jsonl: NvmeController/list).
  const name = given.includes("/") ? given : nameFor(dialect, type, given, parent);
  try {
    const place = { type, agent, warn: () => undefined };
    const resource = await read(place, { id: name });
    progress.step();
    if (!resource)
      return { noun: type.noun, what: name, reason: "it is listed, but the agent finds none of that name" };
    return { type, name, inputs: resource.inputs, untold: markerOf(resource.outputs).unknown };
  } catch (error) {
    if (error instanceof OpiError && !error.unreachable) {
      return { noun: type.noun, what: name, reason: `it is listed, but cannot be read: ${error.detail}` };
    }
    throw error;
  }
}

/** What an entry without a name tells of itself, so that whoever knows the device knows which it is. */
function told(type: ResourceType, entry: WireMessage): string {
  const properties = propertiesOf(type, entry);
  const [field] = type.fields.filter(({ name, kind, secret }) => kind === "string" && !secret && properties[name]);
  return field ? ` (${field.name} ${JSON.stringify(properties[field.name])})` : "";
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

/** What one kind could not read is no loss when another kind did: they share a name space. */
function withoutFound(
  unaddressable: readonly Unaddressable[],
  objects: readonly Discovered[],
): readonly Unaddressable[] {
  const names = new Set(objects.map(({ name }) => name));
  return unaddressable.filter(({ what }) => !names.has(what));
}

async function inBatches<T, R>(items: readonly T[], work: (item: T, at: number) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) {
    const batch = items.slice(from, from + AT_ONCE);
    results.push(...(await Promise.all(batch.map((item, at) => work(item, from + at)))));
  }
  return results;
}
