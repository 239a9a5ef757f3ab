import { status } from "@grpc/grpc-js";
import { typeByNoun } from "../catalogue";
import type { ResourceType } from "../catalogue";
import type { WireMessage } from "../catalogue/values/wire";
import { nameFor, OpiError } from "../client";
import type { Agent, CallOptions, Dialect } from "../client";
import { entryOf, nameIn } from "./entry";
import type { Entry } from "./entry";
import type { OpiFunction } from "./function";
import { served } from "./served";

/** `list…`: every object of a type, of one parent or of all. */
export function listFunction(type: ResourceType): OpiFunction {
  const plural = type.plural.charAt(0).toUpperCase() + type.plural.slice(1);
  const { parent } = type;
  return {
    token: `opi:${type.area}:list${plural}`,
    arguments: parent ? { [parent.property]: "optional" } : {},
    call: async (agent, args, options) => ({
      [type.plural]: await entries(agent, type, parent && args[parent.property], options),
    }),
  };
}

/**
 * All pages. Types below another one are listed for each parent there is, when none is named.
 *
 * @throws OpiError when a parent is listed without a name: what is below it would be missing without a word
 */
export async function entries(
  agent: Agent,
  type: ResourceType,
  parent: string | undefined,
  options: CallOptions,
): Promise<readonly Entry[]> {
  const dialect = await served(agent, type, "list", parent, options);
  const parentType = type.parent && typeByNoun(type.parent.noun);
  if (!parentType) return toEntries(type, dialect, await agent.list(type, undefined, options), undefined);
  const parents = parent === undefined ? await namesOf(agent, parentType, type, options) : [parent];
  const found: Entry[] = [];
  for (const each of parents) {
    const name = fullName(dialect, parentType, each, undefined);
    found.push(...toEntries(type, dialect, await agent.list(type, name, options), name));
  }
  return found;
}

async function namesOf(
  agent: Agent,
  parentType: ResourceType,
  type: ResourceType,
  options: CallOptions,
): Promise<readonly string[]> {
  const names = (await agent.list(parentType, undefined, options)).map((message) => nameIn(message, ""));
  const nameless = names.filter((name) => name === "").length;
  if (nameless === 0) return names;
  throw new OpiError(
    status.FAILED_PRECONDITION,
    `${nameless} of ${names.length} ${parentType.noun} are listed without a name, so that what is below them cannot be`,
    { action: `list ${type.noun}`, agent: agent.address },
    `Name the parent: ${parentType.singular}, such as "${nameFor(await agent.dialect(options), parentType, "name")}".`,
  );
}

/** The parent completes what an agent leaves out; an entry without a name keeps none. */
function toEntries(
  type: ResourceType,
  dialect: Dialect,
  messages: readonly WireMessage[],
  parent: string | undefined,
): readonly Entry[] {
  return messages.map((message) => {
    const entry = entryOf(type, dialect, message, fullName(dialect, type, nameIn(message, ""), parent));
    return type.parent && parent !== undefined ? { ...entry, [type.parent.property]: parent } : entry;
  });
}

/** Some agents list bare ids (recordings/bridge-grpc.jsonl: NvmeController/list), which no get takes. */
const fullName = (dialect: Dialect, type: ResourceType, name: string, parent: string | undefined): string =>
  name === "" || name.includes("/") ? name : nameFor(dialect, type, name, parent);
