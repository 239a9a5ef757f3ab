import type { ResourceType } from "../../catalogue";
import { UNKNOWN } from "../../catalogue/values/property";
import type { Properties, PropertyValue } from "../../catalogue/values/property";
import { inputFields } from "../fields";
import { ADOPT, AUTONAMED, RESOURCE_ID } from "../types";
import type { Failure } from "../types";
import { autoname, validateId } from "./ids";
import { quote } from "./quote";
import { checkParent, checkReferences } from "./references";
import { checkRule } from "./rules";
import { checkObject } from "./values";

export interface CheckRequest {
  /** Name of the resource in the program: what automatic ids begin with. */
  readonly name: string;
  /** Inputs of the last deployment, when there was one. */
  readonly olds?: Properties;
  readonly news: Properties;
  /** From the engine, where it gives one. */
  readonly seed?: Uint8Array;
}

export interface CheckResult {
  /** The inputs in normal form, `resourceId` filled in. */
  readonly inputs: Properties;
  readonly failures: readonly Failure[];
}

/**
 * Checks inputs and brings them into normal form. Pure, complete (all failures at once), and deterministic given the old
 * inputs or the seed. Unknown values pass. What only the agent can tell is `checkAgent`'s part.
 */
export function check(type: ResourceType, request: CheckRequest): CheckResult {
  const { [RESOURCE_ID]: _id, [AUTONAMED]: _automatic, [ADOPT]: adopt, ...rest } = request.news;
  const parentProperty = type.parent?.property;
  const parent = parentProperty === undefined ? undefined : rest[parentProperty];
  const outputs = type.fields.filter((field) => field.behavior === "output" && rest[field.name] !== undefined);

  const fields = omit(rest, [parentProperty ?? "", ...outputs.map(({ name }) => name)]);
  const { value, failures } = checkObject(inputFields(type), fields, "", type.noun);
  const parts: readonly Part[] = [
    identify(request),
    { inputs: parent === undefined || parentProperty === undefined ? {} : { [parentProperty]: parent } },
    { failures: checkParent(type, parent) },
    { failures: outputs.map(({ name }) => ({ property: name, reason: "is told by the agent: leave it out" })) },
    { inputs: value, failures },
    { failures: checkReferences(type, value) },
    checkAdopt(adopt),
  ];
  const found = parts.flatMap((part) => part.failures ?? []);
  // Rules speak of well-formed values only; a wrong one has been reported already.
  const conflicts = type.rules.flatMap((rule) => checkRule(rule, value));
  const fresh = conflicts.filter(({ property }) => !found.some((failure) => overlap(failure.property, property)));
  return {
    inputs: Object.assign({}, ...parts.map((part) => part.inputs)) as Properties,
    failures: [...found, ...fresh],
  };
}

interface Part {
  readonly inputs?: Properties;
  readonly failures?: readonly Failure[];
}

/** The id: as given, else the one of the last deployment, else a new automatic one. */
function identify({ name, news, olds, seed }: CheckRequest): Part {
  const given = news[RESOURCE_ID];
  if (given === undefined) {
    const { [RESOURCE_ID]: old, [AUTONAMED]: automatic } = olds ?? {};
    return typeof old === "string"
      ? { inputs: { [RESOURCE_ID]: old, ...(automatic === true ? { [AUTONAMED]: true } : {}) } }
      : { inputs: { [RESOURCE_ID]: autoname(name, seed), [AUTONAMED]: true } };
  }
  // The mark comes along only with inputs that were checked before; an id that a program gives is the program's own.
  const inputs: Properties = { [RESOURCE_ID]: given, ...(news[AUTONAMED] === true ? { [AUTONAMED]: true } : {}) };
  if (given === UNKNOWN) return { inputs };
  const verdict = validateId(given);
  return "ok" in verdict
    ? { inputs }
    : { inputs, failures: [{ property: RESOURCE_ID, reason: `${verdict.wrong}, got ${quote(given)}` }] };
}

function checkAdopt(adopt: PropertyValue | undefined): Part {
  if (adopt === undefined) return {};
  const value = adopt === "true" ? true : adopt === "false" ? false : adopt;
  const failures =
    value === UNKNOWN || typeof value === "boolean"
      ? []
      : [{ property: ADOPT, reason: `expected true or false, got ${quote(value)}` }];
  return { inputs: { [ADOPT]: value }, failures };
}

/** Whether two property paths are the same, or one leads to the other. */
function overlap(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);
}

function omit(properties: Properties, keys: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !keys.includes(key)));
}
