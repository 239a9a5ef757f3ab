import { partsOf } from "../named-types";
import { isFields, isFromConfig, isList, isReference } from "./program";
import type { Argument, Entry, Program, ProgramResource } from "./program";
import { commented, indent, quoted } from "./text";

/** The program in TypeScript, for the package `@pulumi-opi/opi`. */
export function typescript({ config, resources }: Program): string {
  const usesPulumi = config.length > 0;
  const lines = [
    ...(usesPulumi ? ['import * as pulumi from "@pulumi/pulumi";'] : []),
    'import * as opi from "@pulumi-opi/opi";',
    "",
    ...(usesPulumi ? ["const config = new pulumi.Config();"] : []),
    ...config.flatMap(({ key, comment }) => [
      ...commented("//", comment),
      `const ${key} = config.requireSecret(${quoted(key)});`,
    ]),
    ...(usesPulumi ? [""] : []),
    ...resources.flatMap((resource) => declaration(resource, resources)),
  ];
  return `${lines.join("\n")}\n`;
}

function declaration(resource: ProgramResource, all: readonly ProgramResource[]): readonly string[] {
  const { variable, name, token, entries, comment, parent, dependsOn } = resource;
  const { module, name: noun } = partsOf(token);
  const isUsed = all.some((other) => uses(other, variable));
  const head = `${isUsed ? `const ${variable} = ` : ""}new opi.${module}.${noun}(${quoted(name)}, {`;
  const options = [
    ...(parent ? [`parent: ${parent}`] : []),
    ...(dependsOn?.length ? [`dependsOn: [${dependsOn.join(", ")}]`] : []),
  ];
  return [
    ...commented("//", comment),
    head,
    ...indent(properties(entries)),
    options.length > 0 ? `}, { ${options.join(", ")} });` : "});",
  ];
}

function properties(entries: readonly Entry[]): readonly string[] {
  return entries.flatMap(({ property, value, comment }) => {
    const text = literal(value);
    const [first = "", ...rest] = text;
    // A variable of the property's own name is written once, as formatters and linters want it.
    const line = first === property ? property : `${property}: ${first}`;
    return [...commented("//", comment), ...withComma([line, ...rest])];
  });
}

function literal(value: Argument): readonly string[] {
  if (typeof value === "string") return [quoted(value)];
  if (typeof value !== "object") return [String(value)];
  if (isReference(value)) return [`${value.to}.${value.property}`];
  if (isFromConfig(value)) return [value.key];
  if (isList(value)) return ["[", ...indent(value.items.flatMap((item) => withComma(literal(item)))), "]"];
  return ["{", ...indent(properties(value.entries)), "}"];
}

/** Whether a resource of the program refers to the variable. */
export function uses({ entries, parent, dependsOn }: ProgramResource, variable: string): boolean {
  if (parent === variable) return true;
  return dependsOn?.includes(variable) === true || entries.some(({ value }) => mentions(value, variable));
}

function mentions(value: Argument, variable: string): boolean {
  if (typeof value !== "object") return false;
  if (isReference(value)) return value.to === variable;
  if (isList(value)) return value.items.some((item) => mentions(item, variable));
  return isFields(value) && value.entries.some((entry) => mentions(entry.value, variable));
}

function withComma(lines: readonly string[]): readonly string[] {
  return [...lines.slice(0, -1), `${lines.at(-1) ?? ""},`];
}
