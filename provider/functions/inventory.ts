import { typeByNoun } from "../catalogue";
import { propertiesOf } from "../catalogue/values/wire";
import type { OpiFunction } from "./function";

/** A device has one inventory, its own; agents read nothing but the form of its name. */
const OWN = "inventory/self/inventory/self";

/** `getInventory`: what the device is made of. */
export const inventoryFunction: OpiFunction = {
  token: "opi:inventory:getInventory",
  arguments: {},
  call: async (agent, _args, options) => {
    const type = typeByNoun("Inventory");
    return propertiesOf(type, await agent.get(type, OWN, options));
  },
};
