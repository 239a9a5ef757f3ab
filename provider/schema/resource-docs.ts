import type { ResourceType } from "../catalogue";
import { examples } from "./examples";
import { languages } from "./program";

/** A type's page: what it is, examples in every language, how to import it, and the message it stands for. */
export function resourceDocs(type: ResourceType): string {
  return [
    type.doc,
    `It stands for the message \`${type.message}\` of the OPI Storage API.`,
    ...exampleDocs(type),
    ...importDocs(type),
  ].join("\n\n");
}

function exampleDocs(type: ResourceType): readonly string[] {
  const own = examples[type.noun] ?? [];
  if (own.length === 0) return [];
  return [
    "{{% examples %}}\n## Example Usage",
    ...own.map(({ title, program }) => {
      const blocks = languages.map(([language, write]) => `\`\`\`${language}\n${write(program)}\`\`\``);
      return [`{{% example %}}\n### ${title}`, ...blocks, "{{% /example %}}"].join("\n\n");
    }),
    "{{% /examples %}}",
  ];
}

/** The id that `pulumi import` takes is the object's resource name. */
function importDocs(type: ResourceType): readonly string[] {
  const secrets = type.fields.flatMap((field) => [field, ...(field.fields ?? [])]).filter(({ secret }) => secret);
  const hint = secrets.map(({ property }) => `\`${property}\``).join(", ");
  return [
    "## Import",
    `The id is the object's resource name, \`${type.pattern}\`, as the agent gives it:`,
    `\`\`\`sh\n$ pulumi import ${type.token} example ${exampleName(type)}\n\`\`\``,
    ...(secrets.length > 0
      ? [`No agent returns secrets: fill in ${hint} in the program afterwards. That changes the state only.`]
      : []),
  ];
}

export function exampleName(type: ResourceType): string {
  return type.pattern.replace(/\{(\w+)\}/g, (_, word: string) => `${word}-1`);
}
