import { typeByNoun } from "../catalogue";
import type { ResourceType } from "../catalogue";
import type { WireMessage } from "../catalogue/values/wire";
import { nameFor } from "../client";
import type { Agent, CallOptions } from "../client";
import { entryOf, nameIn } from "./entry";
import type { Entry } from "./entry";
import type { OpiFunction } from "./function";

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

/** All pages. Types below another one are listed for each parent there is, when none is named. */
export async function entries(
  agent: Agent,
  type: ResourceType,
  parent: string | undefined,
  options: CallOptions,
): Promise<readonly Entry[]> {
  const parentType = type.parent && typeByNoun(type.parent.noun);
  if (!parentType) return toEntries(type, await agent.list(type, undefined, options), undefined);
  const parents = parent === undefined ? await namesOf(agent, parentType, options) : [parent];
  const found: Entry[] = [];
  for (const each of parents) {
    const name = each.includes("/") ? each : nameFor(await agent.dialect(options), parentType, each);
    found.push(...toEntries(type, await agent.list(type, name, options), name));
  }
  return found;
}

async function namesOf(agent: Agent, type: ResourceType, options: CallOptions): Promise<readonly string[]> {
  return (await agent.list(type, undefined, options)).map((message) => nameIn(message, ""));
}

/** Some agents list bare ids (recordings/bridge-grpc.jsonl: NvmeController/list); the parent completes them. */
function toEntries(type: ResourceType, messages: readonly WireMessage[], parent: string | undefined): readonly Entry[] {
  return messages.map((message) => {
    const entry = entryOf(type, message, nameIn(message, ""));
    return type.parent && parent !== undefined ? { ...entry, [type.parent.property]: parent } : entry;
  });
}
