import { catalogue } from "../../catalogue";
import type { Field, ResourceType, Verb } from "../../catalogue";
import type { Capabilities } from "../../wire/opi_ext/agent/v1/capabilities";
import { standard } from "./standard";
import type { Dialect } from "./types";

/** The standard dialect with what the agent itself says of its limits. */
export function fromCapabilities(said: Capabilities, types: readonly ResourceType[] = catalogue.types): Dialect {
  const unavailable: Record<string, Partial<Record<Verb, string>>> = {};
  const refuses: Record<string, Record<string, string>> = {};
  for (const type of types) {
    const missing = missingCalls(type, said);
    if (Object.keys(missing).length > 0) unavailable[type.noun] = missing;
    for (const { message, path, reason } of said.unsupportedFields) {
      const property = message === type.message ? propertyAt(type.fields, path) : undefined;
      if (property) refuses[type.noun] = { ...refuses[type.noun], [property]: reason };
    }
  }
  return {
    ...standard,
    unavailable,
    refuses,
    accepts: said.ciphers.length > 0 ? { EncryptedVolume: { cipher: said.ciphers } } : {},
    concurrentWrites: said.concurrentWrites,
  };
}

function missingCalls(type: ResourceType, said: Capabilities): Partial<Record<Verb, string>> {
  const service = said.services.find(({ name }) => name === type.service);
  const missing: Partial<Record<Verb, string>> = {};
  for (const [verb, method] of Object.entries(type.methods) as [Verb, { readonly rpc: string }][]) {
    const name = method.rpc.slice(method.rpc.lastIndexOf("/") + 1);
    if (!service) missing[verb] = `The agent does not serve ${type.service}.`;
    else if (service.unimplemented.includes(name)) {
      missing[verb] = service.reason || `The agent does not implement ${name}.`;
    }
  }
  return missing;
}

/** The property path of a field by its path in proto names. */
function propertyAt(fields: readonly Field[], path: string): string | undefined {
  for (const field of fields) {
    const found = field.path === path ? field.property : propertyAt(field.fields ?? [], path);
    if (found) return found;
  }
  return undefined;
}
