import type { ResourceType } from "../../catalogue";
import { UNKNOWN } from "../../catalogue/values/property";
import type { Properties, PropertyValue } from "../../catalogue/values/property";
import { inputFields } from "../fields";
import { ADOPT, AUTONAMED, RESOURCE_ID } from "../types";
import type { Failure } from "../types";
import { autoname, validateId } from "./ids";
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
export function check(type: ResourceType, { name, olds, news, seed }: CheckRequest): CheckResult {
  const { [RESOURCE_ID]: givenId, [ADOPT]: adopt, [AUTONAMED]: _, ...rest } = news;
  const parentProperty = type.parent?.property;
  const parent = parentProperty ? rest[parentProperty] : undefined;
  const fieldInputs = parentProperty ? omit(rest, parentProperty) : rest;

  const outputs = type.fields.filter((field) => field.behavior === "output" && fieldInputs[field.name] !== undefined);
  const { value, failures } = checkObject(
    inputFields(type),
    omit(fieldInputs, ...outputs.map((field) => field.name)),
    "",
    type.noun,
  );
  const identified = identify(name, givenId, olds, seed);
  const all: Failure[] = [
    ...outputs.map((field) => ({ property: field.property, reason: "is an output: the agent tells it, leave it out" })),
    ...identified.failures,
    ...checkParent(type, parent),
    ...failures,
    ...checkReferences(type, value),
  ];
  // Rules speak of well-formed values only; a wrong one has been reported already.
  const broken = new Set(all.map((failure) => failure.property));
  for (const rule of type.rules) {
    all.push(...checkRule(rule, value).filter((failure) => !broken.has(failure.property)));
  }
  if (adopt !== undefined && adopt !== UNKNOWN && typeof adopt !== "boolean") {
    all.push({ property: ADOPT, reason: "expected true or false" });
  }
  return {
    inputs: {
      ...value,
      ...(parentProperty && parent !== undefined ? { [parentProperty]: parent } : {}),
      ...identified.inputs,
      ...(adopt === undefined ? {} : { [ADOPT]: adopt }),
    },
    failures: all,
  };
}

/** The id: as given, else the one of the last deployment, else a new automatic one. */
function identify(
  name: string,
  given: PropertyValue | undefined,
  olds: Properties | undefined,
  seed: Uint8Array | undefined,
): { readonly inputs: Properties; readonly failures: readonly Failure[] } {
  if (given !== undefined) {
    if (given === UNKNOWN) return { inputs: { [RESOURCE_ID]: given }, failures: [] };
    const verdict = validateId(String(given));
    const failures =
      "wrong" in verdict ? [{ property: RESOURCE_ID, reason: `${verdict.wrong}, got ${JSON.stringify(given)}` }] : [];
    return { inputs: { [RESOURCE_ID]: given }, failures };
  }
  const old = olds?.[RESOURCE_ID];
  if (typeof old === "string") {
    return {
      inputs: { [RESOURCE_ID]: old, ...(olds?.[AUTONAMED] === true ? { [AUTONAMED]: true } : {}) },
      failures: [],
    };
  }
  return { inputs: { [RESOURCE_ID]: autoname(name, seed), [AUTONAMED]: true }, failures: [] };
}

function omit(properties: Properties, ...keys: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !keys.includes(key)));
}
