import type { DescEnum, DescField, DescFile, DescMessage, DescMethod } from "@bufbuild/protobuf";
import { ScalarType } from "@bufbuild/protobuf";
import { Descriptors, FieldBehavior } from "../../provider/catalogue/descriptors";

/** A tree of facts in which everything that has a name is found by it, so that order does not matter. */
export interface Facts {
  readonly [name: string]: Facts | string | number | boolean;
}

/** All facts of the OPI packages in a compiled descriptor set, in the form of tests/data/opi-wire.json.gz. */
export function compiledFacts(set: Uint8Array): Facts {
  const descriptors = new Descriptors(set);
  const files = [...descriptors.registry.files].filter((file) => file.proto.package.startsWith("opi_api."));
  return normalForm(files.map((file) => fileFacts(file, descriptors)));
}

/** Lists of named things become objects by name, other lists one text; what is undefined or empty is left out. */
export function normalForm(value: unknown): Facts {
  if (Array.isArray(value)) {
    return Object.fromEntries(
      value.map((entry: unknown) => {
        const { name, file, ...facts } = entry as { name?: string; file?: string };
        return [name ?? file ?? "", normalForm(facts)];
      }),
    );
  }
  const facts: [string, Facts | string | number | boolean][] = [];
  for (const [key, fact] of Object.entries(value as Record<string, unknown>)) {
    if (typeof fact === "string" || typeof fact === "number" || typeof fact === "boolean") facts.push([key, fact]);
    else if (Array.isArray(fact) && fact.every((entry) => typeof entry === "string")) {
      if (fact.length > 0) facts.push([key, [...fact].sort().join(" ")]);
    } else if (fact !== undefined && Object.keys(fact as object).length > 0) facts.push([key, normalForm(fact)]);
  }
  return Object.fromEntries(facts);
}

/** What one tree of facts says and the other does not, as paths with both values; empty when they agree. */
export function differences(wanted: Facts, found: Facts, path = ""): readonly string[] {
  return [...new Set([...Object.keys(wanted), ...Object.keys(found)])].flatMap((key) => {
    const at = `${path}/${key}`;
    const [a, b] = [wanted[key], found[key]];
    if (typeof a === "object" && typeof b === "object") return differences(a, b, at);
    if (a === b) return [];
    const text = (fact: typeof a) => (fact === undefined ? "nothing" : JSON.stringify(fact));
    return [`${at}: ${text(a)} in the contract, ${text(b)} in the descriptors`];
  });
}

function fileFacts(file: DescFile, descriptors: Descriptors): object {
  return {
    file: file.name.replace(/^.*\//, "") + ".proto",
    package: file.proto.package,
    services: file.services.map((service) => ({
      name: service.name,
      methods: service.methods.map((method) => methodFacts(method, descriptors)),
    })),
    messages: file.messages.map((message) => messageFacts(message, descriptors)),
    enums: file.enums.map(enumFacts),
  };
}

function methodFacts(method: DescMethod, descriptors: Descriptors): object {
  const http = descriptors.http(method);
  return {
    name: method.name,
    request: method.input.typeName,
    response: method.output.typeName,
    http: http && { method: http.pattern.case?.toUpperCase(), path: http.pattern.value, body: http.body || undefined },
    signature: descriptors.signatures(method),
    // The contract has unary calls only, so it does not say so.
    streaming: method.methodKind === "unary" ? undefined : method.methodKind,
  };
}

function messageFacts(message: DescMessage, descriptors: Descriptors): object {
  const resource = descriptors.resource(message);
  return {
    name: message.name,
    resource: resource && {
      type: resource.type,
      pattern: resource.pattern,
      singular: resource.singular || undefined,
      plural: resource.plural || undefined,
    },
    oneofs: message.oneofs.map(({ name }) => name),
    fields: message.fields.map((field) => fieldFacts(field, descriptors)),
    enums: message.nestedEnums.map(enumFacts),
    messages: message.nestedMessages.map((nested) => messageFacts(nested, descriptors)),
  };
}

function fieldFacts(field: DescField, descriptors: Descriptors): object {
  const reference = descriptors.resourceReference(field);
  const names = Object.fromEntries(Object.entries(FieldBehavior).map(([name, number]) => [number, name]));
  return {
    name: field.name,
    number: field.number,
    type: typeOf(field),
    type_name: field.message?.typeName ?? field.enum?.typeName,
    repeated: field.fieldKind === "list" || undefined,
    optional: field.proto.proto3Optional || undefined,
    oneof: field.oneof?.name,
    field_behavior: descriptors.behaviors(field).map((behavior) => names[behavior] ?? String(behavior)),
    resource_reference: reference && {
      type: reference.type || undefined,
      child_type: reference.childType || undefined,
    },
  };
}

function typeOf(field: DescField): string {
  if (field.message) return "message";
  if (field.enum) return "enum";
  return ScalarType[field.scalar].toLowerCase();
}

function enumFacts(desc: DescEnum): object {
  return { name: desc.name, values: Object.fromEntries(desc.values.map(({ name, number }) => [name, number])) };
}
