import { catalogue } from "../catalogue";
import { capabilitiesFunction } from "./capabilities";
import type { OpiFunction } from "./function";
import { getFunction } from "./get";
import { inventoryFunction } from "./inventory";
import { listFunction } from "./list";
import { statsFunction } from "./stats";

export { argumentFailures } from "./function";
export type { ArgumentFailure, Arguments, OpiFunction } from "./function";
export { entries } from "./list";

/** Every function of the provider: what the contract can be asked for, type by type. */
export const functions: readonly OpiFunction[] = [
  ...catalogue.types
    .filter(({ area }) => area !== "inventory")
    .flatMap((type) => [
      ...(type.methods.get ? [getFunction(type)] : []),
      ...(type.methods.list ? [listFunction(type)] : []),
      ...(type.methods.stats ? [statsFunction(type)] : []),
    ]),
  inventoryFunction,
  capabilitiesFunction,
];

const byToken = new Map(functions.map((each) => [each.token, each]));

/** @returns undefined when the provider has no such function */
export function functionByToken(token: string): OpiFunction | undefined {
  return byToken.get(token);
}
