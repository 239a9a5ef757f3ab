import { isFromConfig, isList, isReference } from "./program";
import type { Argument, Entry, Program } from "./program";
import { commented, indent, quoted } from "./text";

/** The program in YAML, as the body of a Pulumi.yaml. */
export function yaml({ config, resources }: Program): string {
  const lines = [
    ...(config.length > 0 ? ["config:"] : []),
    ...config.flatMap(({ key, comment }) =>
      indent([...commented("#", comment), `${key}:`, ...indent(["type: string", "secret: true"])]),
    ),
    "resources:",
    ...resources.flatMap(({ variable, name, token, entries, comment, parent, dependsOn }) =>
      indent([
        ...commented("#", comment),
        `${variable}:`,
        ...indent([
          `type: ${token}`,
          ...(name === variable ? [] : [`name: ${quoted(name)}`]),
          "properties:",
          ...indent(mapping(entries)),
          ...((parent ?? dependsOn?.length) ? ["options:", ...indent(options(parent, dependsOn))] : []),
        ]),
      ]),
    ),
  ];
  return `${lines.join("\n")}\n`;
}

function options(parent: string | undefined, dependsOn: readonly string[] = []): readonly string[] {
  return [
    ...(parent ? [`parent: \${${parent}}`] : []),
    ...(dependsOn.length > 0 ? ["dependsOn:", ...indent(dependsOn.map((each) => `- \${${each}}`))] : []),
  ];
}

function mapping(entries: readonly Entry[]): readonly string[] {
  return entries.flatMap(({ property, value, comment }) => {
    const [first, ...rest] = node(value);
    const isBlock = rest.length > 0 || (typeof value === "object" && !isReference(value) && !isFromConfig(value));
    return [
      ...commented("#", comment),
      ...(isBlock ? [`${property}:`, ...indent([first ?? "", ...rest])] : [`${property}: ${first ?? ""}`]),
    ];
  });
}

/** Texts are quoted where YAML or Pulumi's interpolation would read something else into them. */
function node(value: Argument): readonly string[] {
  if (typeof value === "string") return [/^[A-Za-z][\w.-]*$/.test(value) && !isWord(value) ? value : escaped(value)];
  if (typeof value !== "object") return [String(value)];
  if (isReference(value)) return [`\${${value.to}.${value.property}}`];
  if (isFromConfig(value)) return [`\${${value.key}}`];
  if (isList(value)) {
    return value.items.flatMap((item) => node(item).map((line, at) => `${at === 0 ? "- " : "  "}${line}`));
  }
  return value.entries.length > 0 ? mapping(value.entries) : ["{}"];
}

/** `$${` is Pulumi's escape for `${`. */
const escaped = (text: string): string => quoted(text.replace(/\$\{/g, "$$${"));
const isWord = (text: string): boolean => /^(true|false|yes|no|on|off|null|y|n)$/i.test(text);
