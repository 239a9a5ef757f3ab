import { status } from "@grpc/grpc-js";
import { typeByNoun } from "../../catalogue";
import type { Field, ResourceType, Verb } from "../../catalogue";
import type { OpiError } from "../error";
import type { Dialect } from "./types";

/** Resource name that the agent will give to an object created under `id`. @param parent the parent's resource name */
export function nameFor(dialect: Dialect, type: ResourceType, id: string, parent?: string): string {
  return `${parent ? `${parent}/` : ""}${collectionOf(dialect, type)}/${id}`;
}

/** The id in a resource name: its last segment; a bare id is itself. */
export function idOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/** The parent's resource name, of types that have a parent. */
export function parentOf(type: ResourceType, name: string): string | undefined {
  const segments = name.split("/");
  return type.parent && segments.length > 2 ? segments.slice(0, -2).join("/") : undefined;
}

/** How this agent wants an object referred to: by its resource name or by its bare id. */
export function referenceFor(dialect: Dialect, value: string): string {
  return dialect.references === "id" ? idOf(value) : value;
}

/**
 * Whether two references mean one object. A bare id stands for any name that ends in it; and agents with bare ids keep
 * all volumes in one name space.
 */
export function sameReference(dialect: Dialect, a: string, b: string): boolean {
  const isBare = !a.includes("/") || !b.includes("/");
  return isBare ? idOf(a) === idOf(b) : referenceFor(dialect, a) === referenceFor(dialect, b);
}

/** Whether two different references may mean one object: one of them may be a name of what only stands for another. */
export function mayBeSame(dialect: Dialect, type: ResourceType, field: Field, a: string, b: string): boolean {
  const standing = (field.references ?? []).filter((noun) => noun !== type.noun && dialect.standsFor[noun]);
  const collections = standing.map((noun) => collectionOf(dialect, typeByNoun(noun)));
  return [a, b].some((name) => collections.includes(name.split("/").at(-2) ?? ""));
}

/** Whether Get reports this property, by the first step of its path, so that its value can be trusted. */
export function reads(dialect: Dialect, type: ResourceType, property: string): boolean {
  return lists(dialect.reads[type.noun], property);
}

/** Whether Update really changes this property, by the first step of its path. */
export function updates(dialect: Dialect, type: ResourceType, property: string): boolean {
  return !dialect.unavailable[type.noun]?.update && lists(dialect.updates[type.noun], property);
}

/** Whether Create drops this property, or what holds it, without a word. */
export function ignores(dialect: Dialect, type: ResourceType, property: string): boolean {
  return (dialect.ignores[type.noun] ?? []).some((path) => property === path || property.startsWith(`${path}.`));
}

/** Why this agent refuses the property when it is set; undefined when it takes it. */
export function refusal(dialect: Dialect, type: ResourceType, property: string): string | undefined {
  return dialect.refuses[type.noun]?.[property];
}

/** Why the call does not work; undefined when it does. */
export function whyUnavailable(dialect: Dialect, type: ResourceType, verb: Verb): string | undefined {
  return type.methods[verb] ? dialect.unavailable[type.noun]?.[verb] : `OPI has no ${verb} call for ${type.noun}.`;
}

/** Whether the error says that the object is not there; where it may still exist in SPDK, see `Dialect.remembers`. */
export function isMissing(dialect: Dialect, error: OpiError): boolean {
  if (error.code === status.NOT_FOUND) return true;
  const vague = [status.UNKNOWN, status.INTERNAL, status.INVALID_ARGUMENT].includes(error.code);
  return vague && dialect.missing.some((text) => text.test(error.detail));
}

function collectionOf(dialect: Dialect, type: ResourceType): string {
  return dialect.collections[type.noun] ?? type.pattern.split("/").at(-2) ?? type.plural;
}

function lists(listed: readonly string[] | undefined, property: string): boolean {
  return listed === undefined || listed.includes(property.split(".")[0] ?? "");
}
