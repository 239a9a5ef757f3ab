import type { ResourceType } from "../catalogue";
import { entryOf, nameIn } from "./entry";
import type { OpiFunction } from "./function";
import { served } from "./served";

/** `get…`: one object by its resource name. */
export function getFunction(type: ResourceType): OpiFunction {
  return {
    token: `opi:${type.area}:get${type.noun}`,
    arguments: { name: "required" },
    call: async (agent, { name = "" }, options) => {
      const dialect = await served(agent, type, "get", name, options);
      const message = await agent.get(type, name, options);
      return entryOf(type, dialect, message, nameIn(message, name));
    },
  };
}
