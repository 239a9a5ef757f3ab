import { catalogue } from "./generated/catalogue";
import type { EnumType, ResourceType } from "./types";

export { catalogue } from "./generated/catalogue";
export type * from "./types";

const byToken = new Map(catalogue.types.map((type) => [type.token, type]));
const byNoun = new Map(catalogue.types.map((type) => [type.noun, type]));

/** @throws Error when the contract has no such type */
export function typeByToken(token: string): ResourceType {
  return found(byToken.get(token), token);
}

/** @param noun such as `NvmeSubsystem`. @throws Error when the contract has no such type */
export function typeByNoun(noun: string): ResourceType {
  return found(byNoun.get(noun), noun);
}

/** @param name full name such as `opi_api.storage.v1.NvmeMultipath`. @throws Error when no field uses it */
export function enumByName(name: string): EnumType {
  return found(catalogue.enums[name], name);
}

function found<T>(entry: T | undefined, name: string): T {
  if (!entry) throw new Error(`the OPI contract has no ${name}`);
  return entry;
}
