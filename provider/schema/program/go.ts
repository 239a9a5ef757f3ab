import { partsOf } from "../named-types";
import { isFields, isFromConfig, isList, isReference } from "./program";
import type { Argument, Program, ProgramResource } from "./program";
import { commented, pascalCase, quoted } from "./text";
import { innerEntries, isInteger, objectParts, typedEntries } from "./typed";
import type { TypedEntry } from "./typed";
import { uses } from "./typescript";

const BASE = "github.com/opiproject/pulumi-opi/sdk/go/opi";

/** The program in Go, for the package `opi`. */
export function go({ config, resources }: Program): string {
  const body = [
    ...(config.length > 0 ? ['cfg := config.New(ctx, "")'] : []),
    ...config.flatMap(({ key, comment }) => [
      ...commented("//", comment),
      `${key} := cfg.RequireSecret(${quoted(key)})`,
    ]),
    ...resources.flatMap((resource, at) => declaration(resource, resources, at === 0)),
    "return nil",
  ];
  const text = body.join("\n");
  const modules = ["frontend", "middleend", "backend"].filter((module) => text.includes(`${module}.`)).sort();
  const imports = [
    ...modules.map((module) => `"${BASE}/${module}"`),
    '"github.com/pulumi/pulumi/sdk/v3/go/pulumi"',
    ...(config.length > 0 ? ['"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"'] : []),
  ];
  return [
    "package main",
    "",
    "import (",
    ...deeper(imports),
    ")",
    "",
    "func main() {",
    "\tpulumi.Run(func(ctx *pulumi.Context) error {",
    ...deeper(deeper(body)),
    "\t})",
    "}",
    "",
  ].join("\n");
}

function declaration(resource: ProgramResource, all: readonly ProgramResource[], isFirst: boolean): readonly string[] {
  const { variable, name, token, comment, parent, dependsOn } = resource;
  const { module, name: noun } = partsOf(token);
  const isUsed = all.some((other) => uses(other, variable));
  const below = parent ? `, pulumi.Parent(${parent})` : "";
  const after = dependsOn?.length ? `, pulumi.DependsOn([]pulumi.Resource{${dependsOn.join(", ")}})` : "";
  const call = `${module}.New${noun}(ctx, ${quoted(name)}, &${module}.${noun}Args{`;
  const lines = [...deeper(fieldsOf(typedEntries(resource))), `}${below}${after})`];
  const failed = ["if err != nil {", "\treturn err", "}"];
  return [
    ...commented("//", comment),
    `${isUsed ? variable : "_"}, err ${isUsed || isFirst ? ":=" : "="} ${call}`,
    ...lines,
    ...failed,
  ];
}

function fieldsOf(entries: readonly TypedEntry[]): readonly string[] {
  const width = Math.max(0, ...entries.map(({ property }) => property.length));
  return entries.flatMap((entry) => {
    const { property, value, comment } = entry;
    const [first = "", ...rest] = literal(value, entry);
    const blanks = " ".repeat(rest.length > 0 ? 1 : width - property.length + 1);
    const lines = [`${pascalCase(property)}:${blanks}${first}`, ...rest];
    return [...commented("//", comment), ...lines.slice(0, -1), `${lines.at(-1) ?? ""},`];
  });
}

function literal(value: Argument, entry: TypedEntry): readonly string[] {
  if (typeof value === "string") return [`pulumi.String(${quoted(value)})`];
  if (typeof value === "boolean") return [`pulumi.Bool(${value})`];
  if (typeof value === "number") return [`pulumi.${isInteger(entry.field) ? "Int" : "Float64"}(${value})`];
  if (isReference(value)) return [`${value.to}.${pascalCase(value.property)}`];
  if (isFromConfig(value)) return [value.key];
  const { module, name } = objectParts(entry);
  if (isList(value)) {
    const items = value.items.flatMap((item) =>
      literal(item, entry).map((line, at, all) => (at === all.length - 1 ? `${line},` : line)),
    );
    return [`${module}.${name}Array{`, ...deeper(items), "}"];
  }
  return isFields(value) ? [`&${module}.${name}Args{`, ...deeper(fieldsOf(innerEntries(entry, value))), "}"] : [];
}

const deeper = (lines: readonly string[]): readonly string[] => lines.map((line) => (line === "" ? line : `\t${line}`));
