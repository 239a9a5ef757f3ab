import type { ResourceType } from "../catalogue";
import { isProperties } from "../catalogue/values/property";
import type { PropertyValue } from "../catalogue/values/property";
import { plainProperties } from "../catalogue/values/wire";
import type { OpiFunction } from "./function";
import { served } from "./served";

/** The end of int32, in which OPI's counters travel: an agent that got there stays there. */
const END = 2 ** 31 - 1;

/** `get…Stats`: the counters of one object, and whether one of them has reached its end. */
export function statsFunction(type: ResourceType): OpiFunction {
  return {
    token: `opi:${type.area}:get${type.noun}Stats`,
    arguments: { name: "required" },
    call: async (agent, { name = "" }, options) => {
      await served(agent, type, "stats", name, options);
      const counters = plainProperties(type.statistics, await agent.stats(type, name, options));
      return { ...counters, saturated: isSaturated(counters) };
    },
  };
}

function isSaturated(value: PropertyValue | undefined): boolean {
  return isProperties(value) ? Object.values(value).some(isSaturated) : value === END;
}
