import type { ResourceType } from "../catalogue";
import type { Properties } from "../catalogue/values/property";
import { propertiesOf } from "../catalogue/values/wire";
import type { WireMessage } from "../catalogue/values/wire";
import { idOf, parentOf, reads } from "../client";
import type { Dialect } from "../client";

export type Entry = Properties & { readonly name: string; readonly resourceId: string };

/**
 * An object as the functions tell it: its identity and what the agent reports truthfully, without secrets. What a kind of
 * agent is known to answer wrongly is left out (recordings/bridge-grpc.jsonl: VirtioBlk/get, a volume named "TBD").
 */
export function entryOf(type: ResourceType, dialect: Dialect, message: WireMessage, name: string): Entry {
  const secrets = type.fields.filter(({ secret }) => secret).map((field) => field.name);
  const told = Object.entries(propertiesOf(type, message)).filter(
    ([key]) => !secrets.includes(key) && reads(dialect, type, key),
  );
  return {
    ...withoutSecretParts(type, Object.fromEntries(told)),
    name,
    resourceId: idOf(name),
    ...(type.parent ? { [type.parent.property]: parentOf(type, name) } : {}),
  };
}

/** Agents are known to echo what they were sent, secrets inside messages too. */
function withoutSecretParts(type: ResourceType, properties: Properties): Properties {
  const entries = type.fields.flatMap(({ name, fields }) => {
    const value = properties[name];
    if (value === undefined) return [];
    const hidden = (fields ?? []).filter(({ secret }) => secret).map((field) => field.name);
    if (hidden.length === 0 || typeof value !== "object" || Array.isArray(value)) return [[name, value] as const];
    return [[name, Object.fromEntries(Object.entries(value).filter(([key]) => !hidden.includes(key)))] as const];
  });
  return Object.fromEntries(entries);
}

/** The name in a message; agents that leave it out are believed to have sent what was asked for. */
export function nameIn(message: WireMessage, asked: string): string {
  return typeof message.name === "string" && message.name !== "" ? message.name : asked;
}
