import { partsOf } from "../named-types";
import { isFields, isFromConfig, isList, isReference } from "./program";
import type { Argument, Program, ProgramResource } from "./program";
import { commented, indent, quoted } from "./text";
import { innerEntries, isInteger, objectParts, typedEntries } from "./typed";
import type { TypedEntry } from "./typed";

const BASE = "com.pulumi.opi";

/** The program in Java, for the package `com.pulumi.opi`. */
export function java({ config, resources }: Program): string {
  const body = [
    ...config.flatMap(({ key, comment }) => [
      ...commented("//", comment),
      `final var ${key} = ctx.config().requireSecret(${quoted(key)});`,
    ]),
    ...resources.flatMap(declaration),
  ];
  const inputs = new Set(resources.flatMap((resource) => inputTypes(typedEntries(resource))));
  const classes = resources.flatMap(({ token }) => {
    const { module, name } = partsOf(token);
    return [`${BASE}.${module}.${name}`, `${BASE}.${module}.${name}Args`];
  });
  const imports = ["com.pulumi.Pulumi", ...new Set([...classes, ...inputs])];
  if (resources.some(({ parent, dependsOn }) => parent ?? dependsOn?.length)) {
    imports.push("com.pulumi.resources.CustomResourceOptions");
  }
  return [
    "package generated_program;",
    "",
    ...imports.map((name) => `import ${name};`),
    "",
    "public class App {",
    "    public static void main(String[] args) {",
    "        Pulumi.run(ctx -> {",
    ...indent(body, 6),
    "        });",
    "    }",
    "}",
    "",
  ].join("\n");
}

function declaration(resource: ProgramResource): readonly string[] {
  const { variable, name, token, comment, parent, dependsOn } = resource;
  const { name: noun } = partsOf(token);
  const setters = [
    ...(parent ? [`.parent(${parent})`] : []),
    ...(dependsOn?.length ? [`.dependsOn(${dependsOn.join(", ")})`] : []),
  ];
  const options = setters.length > 0 ? `, CustomResourceOptions.builder()${setters.join("")}.build()` : "";
  return [
    ...commented("//", comment),
    `var ${variable} = new ${noun}(${quoted(name)}, ${noun}Args.builder()`,
    ...indent(calls(typedEntries(resource)), 2),
    `    .build()${options});`,
  ];
}

function calls(entries: readonly TypedEntry[]): readonly string[] {
  return entries.flatMap((entry) => {
    const { property, value, comment } = entry;
    const [first = "", ...rest] = literal(value, entry);
    const lines = [`.${property}(${first}`, ...rest];
    return [...commented("//", comment), ...lines.slice(0, -1), `${lines.at(-1) ?? ""})`];
  });
}

/** `number` is a double in Java, which takes no bare integer literal. */
function literal(value: Argument, entry: TypedEntry): readonly string[] {
  if (typeof value === "string") return [quoted(value)];
  if (typeof value === "number") return [isInteger(entry.field) ? String(value) : `${value}.0`];
  if (typeof value !== "object") return [String(value)];
  if (isReference(value)) return [`${value.to}.${value.property}()`];
  if (isFromConfig(value)) return [value.key];
  if (isList(value)) return value.items.flatMap((item) => literal(item, entry));
  if (!isFields(value)) return [];
  const { name } = objectParts(entry);
  return [`${name}Args.builder()`, ...indent([...calls(innerEntries(entry, value)), ".build()"], 2)];
}

function inputTypes(entries: readonly TypedEntry[]): readonly string[] {
  return entries.flatMap((entry) => {
    const { value } = entry;
    if (!isFields(value)) return [];
    const { module, name } = objectParts(entry);
    const own = `${BASE}.${module}.inputs.${name}Args`;
    return [own, ...inputTypes(innerEntries(entry, value))];
  });
}
