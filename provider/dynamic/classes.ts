import { catalogue, enumByName, typeByNoun } from "../catalogue";
import type { Field, ResourceType } from "../catalogue";

/** TypeScript source of the classes of one area: `export class NvmeSubsystem extends OpiResource { … }` and its types. */
export function classesOf(area: string): string {
  const types = catalogue.types.filter((type) => type.area === area && !type.readOnly);
  const shapes = new Map<string, Field>();
  const enums = new Set<string>();
  types.forEach((type) => collect(type.fields, shapes, enums));
  return [
    "// Generated from the catalogue by provider/dynamic/generate.ts. DO NOT EDIT.",
    'import type * as pulumi from "@pulumi/pulumi";',
    'import { OpiResource } from "../resource";',
    'import type { GetArgs, ResourceArgs } from "../resource";',
    ...[...enums].sort().map(renderEnum),
    ...[...shapes.values()].map(renderShape),
    ...types.map(renderType),
    "",
  ].join("\n\n");
}

function collect(fields: readonly Field[], shapes: Map<string, Field>, enums: Set<string>): void {
  for (const field of fields) {
    if (field.kind === "enum" && field.type) enums.add(field.type);
    if (!field.fields || !field.type) continue;
    collect(field.fields, shapes, enums);
    shapes.set(field.type, field);
  }
}

/** Full names, and the short forms that check turns into them. */
function renderEnum(fullName: string): string {
  const { doc, prefix, values } = enumByName(fullName);
  const names = values.filter(({ number }) => number !== 0).map(({ name }) => name);
  const forms = names.flatMap((name) => [name, name.slice(prefix.length).toLowerCase()]);
  return `${docComment(doc)}export type ${shortName(fullName)} = ${forms.map((form) => `"${form}"`).join(" | ")};`;
}

function renderShape({ type = "", fields = [] }: Field): string {
  const args = fields.map(
    (field) => `${docComment(describe(field))}${field.name}${optional(field)}: ${inputType(field)};`,
  );
  const outputs = fields.map((field) => `${docComment(field.doc)}readonly ${field.name}?: ${outputType(field)};`);
  return [
    `export interface ${shortName(type)}Args {\n${args.join("\n")}\n}`,
    `export interface ${shortName(type)} {\n${outputs.join("\n")}\n}`,
  ].join("\n\n");
}

function renderType(type: ResourceType): string {
  const { noun, token, doc, fields, parent } = type;
  const inputs = fields.filter((field) => field.behavior !== "output");
  const parentDoc = parent
    ? docComment(`Name of the ${parent.noun} it belongs to. Changing it replaces the object.`)
    : "";
  const args = inputs.map(
    (field) => `${docComment(describe(field))}${field.name}${optional(field)}: ${inputType(field)};`,
  );
  if (parent) args.unshift(`${parentDoc}${parent.property}: pulumi.Input<string>;`);
  const outputs = fields.map((field) => {
    const always = field.behavior === "required" && !field.secret ? "" : " | undefined";
    return `${docComment(field.doc)}declare readonly ${field.name}: pulumi.Output<${outputType(field)}${always}>;`;
  });
  if (parent) outputs.unshift(`${parentDoc}declare readonly ${parent.property}: pulumi.Output<string>;`);
  const needsArgs = parent !== undefined || inputs.some((field) => field.behavior === "required");
  return `export interface ${noun}Args extends ResourceArgs {
${args.join("\n")}
}

${docComment(`${doc} (${type.message})`)}export class ${noun} extends OpiResource {
${outputs.join("\n")}

/** @param name name of the resource in the program, from which automatic ids are made */
constructor(name: string, args${needsArgs ? "" : "?"}: ${noun}Args, options?: pulumi.CustomResourceOptions) {
super("${token}", name, args, options);
}

/**
 * Reads an object that is not managed here.
 *
 * @param id full resource name, such as \`${exampleName(type)}\`
 */
static get(name: string, id: pulumi.Input<pulumi.ID>, args?: GetArgs, options?: pulumi.CustomResourceOptions): ${noun} {
// Reading takes the name alone; what a creation needs does not apply.
return new ${noun}(name, (args ?? {}) as ${noun}Args, { ...options, id });
}
}`;
}

/** The field's own description, with what a change of it does. */
function describe(field: Field): string {
  const takes = field.references
    ? ` Takes the name of a ${field.references.map((noun) => typeByNoun(noun).noun).join(", ")}.`
    : "";
  const format =
    field.format === "hex" ? " Hexadecimal digits." : field.format === "eui64" ? " 16 hexadecimal digits." : "";
  const change = field.immutable
    ? " Changing it replaces the object."
    : field.grows
      ? " It can grow in place; a smaller one replaces the object."
      : "";
  return `${field.doc}${takes}${format}${change}`;
}

function inputType(field: Field): string {
  const one = field.kind === "message" ? `${shortName(field.type ?? "")}Args` : scalarType(field);
  return field.repeated ? `pulumi.Input<pulumi.Input<${one}>[]>` : `pulumi.Input<${one}>`;
}

function outputType(field: Field): string {
  const one =
    field.kind === "enum" ? "string" : field.kind === "message" ? shortName(field.type ?? "") : scalarType(field);
  return field.repeated ? `${one}[]` : one;
}

function scalarType(field: Field): string {
  switch (field.kind) {
    case "bool":
      return "boolean";
    case "enum":
      return shortName(field.type ?? "");
    case "int32":
    case "uint32":
    case "int64":
      return field.format === "eui64" ? "string" : "number";
    default:
      return "string";
  }
}

const optional = (field: Field): string => (field.behavior === "required" ? "" : "?");
const shortName = (fullName: string): string => fullName.split(".").pop() ?? fullName;
const docComment = (text: string): string => (text ? `/** ${text.replace(/\*\//g, "* /")} */\n` : "");
const exampleName = (type: ResourceType): string =>
  type.pattern.replace(/\{(\w+)\}/g, (_, word: string) => `${word}-1`);
