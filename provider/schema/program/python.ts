import { partsOf } from "../named-types";
import { isFromConfig, isList, isReference } from "./program";
import type { Argument, Entry, Program, ProgramResource } from "./program";
import { commented, quoted, snakeCase } from "./text";
import { uses } from "./typescript";

/** The program in Python, for the package `pulumi_opi`. */
export function python({ config, resources }: Program): string {
  const usesPulumi = config.length > 0 || resources.some(({ parent, dependsOn }) => parent ?? dependsOn?.length);
  const lines = [
    ...(usesPulumi ? ["import pulumi"] : []),
    "import pulumi_opi as opi",
    "",
    ...(config.length > 0 ? ["config = pulumi.Config()"] : []),
    ...config.flatMap(({ key, comment }) => [
      ...commented("#", comment),
      `${snakeCase(key)} = config.require_secret(${quoted(key)})`,
    ]),
    ...(config.length > 0 ? [""] : []),
    ...resources.flatMap((resource) => declaration(resource, resources)),
  ];
  return `${lines.join("\n")}\n`;
}

function declaration(resource: ProgramResource, all: readonly ProgramResource[]): readonly string[] {
  const { variable, name, token, entries, comment, parent, dependsOn } = resource;
  const { module, name: noun } = partsOf(token);
  const isUsed = all.some((other) => uses(other, variable));
  const options = [
    ...(parent ? [`parent=${snakeCase(parent)}`] : []),
    ...(dependsOn?.length ? [`depends_on=[${dependsOn.map(snakeCase).join(", ")}]`] : []),
  ];
  const opts = options.length > 0 ? [`opts=pulumi.ResourceOptions(${options.join(", ")}),`] : [];
  return [
    ...commented("#", comment),
    `${isUsed ? `${snakeCase(variable)} = ` : ""}opi.${module}.${noun}(`,
    ...deeper([`${quoted(name)},`, ...keywords(entries), ...opts]),
    ")",
  ];
}

function keywords(entries: readonly Entry[]): readonly string[] {
  return entries.flatMap(({ property, value, comment }) => [
    ...commented("#", comment),
    ...withComma(prefixed(`${snakeCase(property)}=`, literal(value))),
  ]);
}

/** Objects are dictionaries, which the SDK types as well as its classes. */
function literal(value: Argument): readonly string[] {
  if (typeof value === "string") return [quoted(value)];
  if (typeof value === "boolean") return [value ? "True" : "False"];
  if (typeof value !== "object") return [String(value)];
  if (isReference(value)) return [`${snakeCase(value.to)}.${snakeCase(value.property)}`];
  if (isFromConfig(value)) return [snakeCase(value.key)];
  if (isList(value)) return ["[", ...deeper(value.items.flatMap((item) => withComma(literal(item)))), "]"];
  const entries = value.entries.flatMap(({ property, value: inner, comment }) => [
    ...commented("#", comment),
    ...withComma(prefixed(`${quoted(snakeCase(property))}: `, literal(inner))),
  ]);
  return ["{", ...deeper(entries), "}"];
}

/** Python's own style: four blanks. */
const deeper = (lines: readonly string[]): readonly string[] => lines.map((line) => `    ${line}`);
const prefixed = (prefix: string, [first = "", ...rest]: readonly string[]): readonly string[] => [
  `${prefix}${first}`,
  ...rest,
];
const withComma = (lines: readonly string[]): readonly string[] => [...lines.slice(0, -1), `${lines.at(-1) ?? ""},`];
