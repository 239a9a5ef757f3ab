import { typeByNoun } from "../catalogue";
import type { ResourceType } from "../catalogue";
import { inputProperty, outputProperty } from "./property";
import { exampleName, resourceDocs } from "./resource-docs";
import type { ObjectSpec, PropertySpec, ResourceSpec } from "./spec";

const RESOURCE_ID: PropertySpec = {
  type: "string",
  description:
    "Id of the object on the agent (AIP-133): lower-case letters, digits and hyphens, a letter first, no hyphen last, 4 to 63 characters, no UUID. Left out, it is made of the resource's name and 7 random hexadecimal digits. Changing it replaces the object.",
};

const ADOPT: PropertySpec = {
  type: "boolean",
  description:
    "Takes an object over that is already on the agent under this id, when it is equal in all that the agent reports. Default: false, or what the provider's `onExisting` says. A change does nothing to the object.",
};

const NAME: PropertySpec = {
  type: "string",
  description: "Resource name, as the agent gave it: what other objects refer to, and what `pulumi import` takes.",
};

/** The resource of a type that can be created. */
export function resourceSpec(type: ResourceType): ResourceSpec {
  const inputs = type.fields.filter(({ behavior }) => behavior !== "output");
  const parent = parentProperty(type);
  return {
    description: resourceDocs(type),
    ...outputsOf(type, { secrets: true }),
    inputProperties: {
      resourceId: { ...RESOURCE_ID, willReplaceOnChanges: true },
      ...(parent ? { [parent.name]: { ...parent.spec, willReplaceOnChanges: true } } : {}),
      ...Object.fromEntries(inputs.map((field) => [field.name, inputProperty(type.area, field)])),
      adopt: ADOPT,
    },
    requiredInputs: nonEmpty([
      ...(parent ? [parent.name] : []),
      ...inputs.filter(({ behavior }) => behavior === "required").map(({ name }) => name),
    ]),
  };
}

/**
 * What is told of an object. A required secret is no required output: nothing knows it after an import.
 *
 * @param options.secrets whether they are among it: functions read the agent alone, which tells none
 */
export function outputsOf(
  type: ResourceType,
  options: { readonly secrets: boolean },
): Pick<ObjectSpec, "properties" | "required"> {
  const fields = type.fields.filter(({ secret }) => options.secrets || !secret);
  const parent = parentProperty(type);
  return {
    properties: {
      name: NAME,
      resourceId: { type: "string", description: "Id of the object on the agent: the last segment of its name." },
      ...(parent ? { [parent.name]: parent.spec } : {}),
      ...Object.fromEntries(fields.map((field) => [field.name, outputProperty(type.area, field)])),
    },
    required: [
      "name",
      "resourceId",
      ...(parent ? [parent.name] : []),
      ...fields.filter(({ behavior, secret }) => behavior === "required" && !secret).map(({ name }) => name),
    ],
  };
}

/** The property by which a child names its parent. */
export function parentProperty(type: ResourceType): { readonly name: string; readonly spec: PropertySpec } | undefined {
  if (!type.parent) return undefined;
  const { noun, property } = type.parent;
  const description = `Name of the \`${noun}\` it belongs to, such as \`${exampleName(typeByNoun(noun))}\`. Changing it replaces the object.`;
  return { name: property, spec: { type: "string", description } };
}

const nonEmpty = (names: readonly string[]): readonly string[] | undefined => (names.length > 0 ? names : undefined);
