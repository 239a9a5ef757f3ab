import { enumByName } from "../catalogue";
import type { Area, EnumType, Field } from "../catalogue";
import { describeInput, describeOutput } from "./description";
import { typeToken } from "./named-types";
import type { EnumSpec, ObjectSpec, PropertySpec, TypeSpec } from "./spec";

/**
 * Replacement is only announced (`willReplaceOnChanges`), never ordered (`replaceOnChanges`): the engine would then
 * replace where the provider knows better, such as an imported object whose key is filled in to the state alone.
 */
export function inputProperty(area: Area, field: Field): PropertySpec {
  return {
    ...arrayOf(field, inputType(area, field)),
    description: describeInput(field),
    ...(field.secret ? { secret: true as const } : {}),
    ...(field.immutable ? { willReplaceOnChanges: true as const } : {}),
  };
}

export function outputProperty(area: Area, field: Field): PropertySpec {
  return {
    ...arrayOf(field, outputType(area, field)),
    description: describeOutput(field),
    ...(field.secret ? { secret: true as const } : {}),
  };
}

/** A named type for a message, shared by inputs and outputs unless it is only ever told. */
export function objectType(
  area: Area,
  doc: string,
  fields: readonly Field[],
  isOutput = fields.every(({ behavior }) => behavior === "output"),
): ObjectSpec {
  const property = isOutput ? outputProperty : inputProperty;
  return {
    description: doc,
    type: "object",
    properties: Object.fromEntries(fields.map((field) => [field.name, property(area, field)])),
    required: requiredNames(fields),
  };
}

/** Values by the protocol's own names; members are called by what distinguishes them, `Pcie`. */
export function enumType({ doc, prefix, values }: EnumType): EnumSpec {
  return {
    description: doc,
    type: "string",
    enum: values
      .filter(({ number }) => number !== 0)
      .map(({ name, doc: meaning }) => ({
        name: pascal(name.slice(prefix.length)),
        value: name,
        description: meaning || undefined,
      })),
  };
}

/** Undefined when nothing is required, so that the schema stays without empty lists. */
export function requiredNames(fields: readonly Field[]): readonly string[] | undefined {
  const names = fields.filter(({ behavior }) => behavior === "required").map(({ name }) => name);
  return names.length > 0 ? names : undefined;
}

/** Enums stay open: check takes short forms (`tcp`) too. */
function inputType(area: Area, field: Field): TypeSpec {
  if (field.kind === "enum") return { oneOf: [{ type: "string" }, reference(area, field)] };
  return field.kind === "message" ? reference(area, field) : scalarType(field);
}

/** An agent newer than our contract may tell values that no enum of ours has. */
function outputType(area: Area, field: Field): TypeSpec {
  if (field.kind === "enum") return { type: "string" };
  return field.kind === "message" ? reference(area, field) : scalarType(field);
}

function arrayOf(field: Field, type: TypeSpec): TypeSpec {
  return field.repeated ? { type: "array", items: type } : type;
}

function reference(area: Area, { type = "" }: Field): TypeSpec {
  return { $ref: `#/types/${typeToken(area, type)}` };
}

/** Several languages give `integer` 32 bits, so anything larger is a `number`, exact to 2^53. */
function scalarType({ kind, format, behavior }: Field): TypeSpec {
  switch (kind) {
    case "bool":
      return { type: "boolean" };
    case "int32":
      // Counters are wider in newer protocols.
      return { type: behavior === "output" ? "number" : "integer" };
    case "uint32":
      return { type: "number" };
    case "int64":
      return { type: format === "eui64" ? "string" : "number" };
    default:
      return { type: "string" };
  }
}

/** Every enum by full name that an input uses. */
export function enumsOf(fields: readonly Field[]): readonly EnumType[] {
  return fields.flatMap(({ kind, type, behavior, fields: inner }) => {
    if (inner) return enumsOf(inner);
    return kind === "enum" && type && behavior !== "output" ? [enumByName(type)] : [];
  });
}

const pascal = (snake: string): string =>
  snake
    .toLowerCase()
    .split("_")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
