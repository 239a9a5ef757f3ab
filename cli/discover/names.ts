import { idOf, parentOf, sameReference } from "../../provider/client";
import type { Dialect } from "../../provider/client";
import type { Discovered } from "./walk";

/** An object with what it is called in a program. */
export interface Named extends Discovered {
  /** Name in Pulumi; no two are equal. */
  readonly pulumiName: string;
  readonly variable: string;
  /** The object that its name is below. */
  readonly parent?: Named;
  /** What a reference of it means, by the value of the property; undefined when it is none of what was found. */
  readonly referenced: (nouns: readonly string[], value: string) => Named | undefined;
}

/** Words that no variable may be in TypeScript, or that a program of ours has already. */
const TAKEN = new Set(
  (
    "arguments as async await break case catch class config const continue debugger default delete do else enum eval " +
    "export extends false finally for from function get if implements import in instanceof interface let new null of opi " +
    "package private protected public pulumi return set static super switch this throw true try type typeof undefined var " +
    "void while with yield"
  ).split(" "),
);

/** Gives each object a readable name: its id; where that is not unique, with its parent's id or its kind before it. */
export function named(objects: readonly Discovered[], dialect: Dialect): readonly Named[] {
  const names = new Set<string>();
  const variables = new Set(TAKEN);
  const all: Named[] = [];
  for (const object of objects) {
    const { type, name } = object;
    const id = idOf(name);
    const parentName = parentOf(type, name);
    const parent = all.find((each) => each.name === parentName && each.type.noun === type.parent?.noun);
    const kind = type.singular.replace(/([A-Z])/g, "-$1").toLowerCase();
    const pulumiName = firstFree(names, [id, ...(parent ? [`${parent.pulumiName}-${id}`] : []), `${kind}-${id}`]);
    const variable = firstFree(variables, [camelCase(pulumiName), `${camelCase(pulumiName)}${type.noun}`]);
    const referenced = (nouns: readonly string[], value: string): Named | undefined =>
      all.find((each) => nouns.includes(each.type.noun) && sameReference(dialect, each.name, value));
    all.push({ ...object, pulumiName, variable, parent, referenced });
  }
  return inOrderOfReferences(all);
}

/** Volumes may stand on volumes of their own kind: what is referred to comes first. */
function inOrderOfReferences(all: readonly Named[]): readonly Named[] {
  const ordered: Named[] = [];
  const begun = new Set<Named>();
  const place = (object: Named): void => {
    if (begun.has(object)) return;
    begun.add(object);
    if (object.parent) place(object.parent);
    for (const { name, references } of object.type.fields) {
      const value = object.inputs[name];
      const target = references && typeof value === "string" ? object.referenced(references, value) : undefined;
      if (target) place(target);
    }
    ordered.push(object);
  };
  all.forEach(place);
  return ordered;
}

/** The first candidate that is free, else the last with a number; it is taken then. */
function firstFree(taken: Set<string>, candidates: readonly string[]): string {
  const last = candidates.at(-1) ?? "";
  let choice = candidates.find((candidate) => !taken.has(candidate));
  for (let number = 2; choice === undefined; number++) {
    if (!taken.has(`${last}${number}`)) choice = `${last}${number}`;
  }
  taken.add(choice);
  return choice;
}

function camelCase(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const joined = words
    .map((word, at) => (at === 0 ? word.charAt(0).toLowerCase() : word.charAt(0).toUpperCase()) + word.slice(1))
    .join("");
  return /^[A-Za-z]/.test(joined) ? joined : `r${joined}`;
}
