import { partsOf } from "../named-types";
import { isFields, isFromConfig, isList, isReference } from "./program";
import type { Argument, Program, ProgramResource } from "./program";
import { commented, indent, pascalCase, quoted } from "./text";
import { innerEntries, objectParts, typedEntries } from "./typed";
import type { TypedEntry } from "./typed";

/** The program in C#, for the namespace `Pulumi.Opi`. */
export function csharp({ config, resources }: Program): string {
  const body = [
    ...(config.length > 0 ? ["var config = new Pulumi.Config();"] : []),
    ...config.flatMap(({ key, comment }) => [
      ...commented("//", comment),
      `var ${key} = config.RequireSecret(${quoted(key)});`,
    ]),
    ...resources.flatMap(declaration),
  ];
  return [
    "using System.Collections.Generic;",
    "using Pulumi;",
    "using Opi = Pulumi.Opi;",
    "",
    "return await Deployment.RunAsync(() =>",
    "{",
    ...indent(body, 2),
    "});",
    "",
  ].join("\n");
}

function declaration(resource: ProgramResource): readonly string[] {
  const { variable, name, token, comment, parent, dependsOn } = resource;
  const { module, name: noun } = partsOf(token);
  const members = [
    ...(parent ? [`Parent = ${parent}`] : []),
    ...(dependsOn?.length ? [`DependsOn = { ${dependsOn.join(", ")} }`] : []),
  ];
  const options = members.length > 0 ? `, new() { ${members.join(", ")} }` : "";
  return [
    ...commented("//", comment),
    `var ${variable} = new Opi.${pascalCase(module)}.${noun}(${quoted(name)}, new()`,
    "{",
    ...indent(fieldsOf(typedEntries(resource)), 2),
    `}${options});`,
  ];
}

function fieldsOf(entries: readonly TypedEntry[]): readonly string[] {
  return entries.flatMap((entry) => {
    const { property, value, comment } = entry;
    const [first = "", ...rest] = literal(value, entry);
    const lines = [`${pascalCase(property)} = ${first}`, ...rest];
    return [...commented("//", comment), ...lines.slice(0, -1), `${lines.at(-1) ?? ""},`];
  });
}

function literal(value: Argument, entry: TypedEntry): readonly string[] {
  if (typeof value === "string") return [quoted(value)];
  if (typeof value !== "object") return [String(value)];
  if (isReference(value)) return [`${value.to}.${pascalCase(value.property)}`];
  if (isFromConfig(value)) return [value.key];
  if (isList(value))
    return [
      "new[]",
      "{",
      ...indent(
        value.items.flatMap((item) => literal(item, entry)),
        2,
      ),
      "}",
    ];
  if (!isFields(value)) return [];
  const { module, name } = objectParts(entry);
  return [
    `new Opi.${pascalCase(module)}.Inputs.${name}Args`,
    "{",
    ...indent(fieldsOf(innerEntries(entry, value)), 2),
    "}",
  ];
}
