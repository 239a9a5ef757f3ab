import type { Field } from "../../provider/catalogue";
import { isProperties } from "../../provider/catalogue/values/property";
import type { PropertyValue } from "../../provider/catalogue/values/property";
import type { Argument, ConfigKey, Entry, Program, ProgramResource } from "../../provider/schema/program";
import type { Named } from "./names";

/** The program that declares what was found: references for names, configuration for secrets that must be there. */
export function programOf(resources: readonly Named[], address: string): Program {
  const config: ConfigKey[] = [];
  const declared = resources.map((resource, at): ProgramResource => {
    const { type, pulumiName, variable, parent, inputs } = resource;
    const secrets = type.fields.filter(({ secret, behavior }) => secret && behavior === "required");
    const fromConfig = secrets.map((field) => secretOf(resource, field, config));
    const fields = type.fields.flatMap((field) => {
      const value = inputs[field.name];
      return value === undefined || field.secret
        ? []
        : [{ property: field.name, value: argument(resource, field, value) }];
    });
    const id = inputs.resourceId;
    const identity: readonly Entry[] = [
      ...(typeof id === "string" ? [{ property: "resourceId", value: id }] : []),
      ...(type.parent && parent ? [{ property: type.parent.property, value: nameOf(parent) }] : []),
    ];
    return {
      variable,
      name: pulumiName,
      token: type.token,
      entries: [...identity, ...fields, ...fromConfig],
      comment:
        [...(at === 0 ? [`What was found on the agent at ${address}.`] : []), ...missing(resource)].join("\n") ||
        undefined,
      parent: parent?.variable,
    };
  });
  return { config, resources: declared };
}

function secretOf({ variable, name }: Named, field: Field, config: ConfigKey[]): Entry {
  const key = `${variable}${field.name.charAt(0).toUpperCase()}${field.name.slice(1)}`;
  const comment = `The ${field.name} of ${name}, which no agent tells: pulumi config set --secret ${key}`;
  config.push({ key, comment });
  return { property: field.name, value: { kind: "config", key } };
}

/** What the program cannot say because the agent does not tell it: of a group of which nothing is told, the group. */
function missing({ type, untold }: Named): readonly string[] {
  const lines = (fields: readonly Field[]): readonly string[] =>
    fields.flatMap((field) => {
      const parts = leaves([field]);
      if (field.fields && parts.some(({ property, secret }) => secret === true || !untold.includes(property))) {
        return lines(field.fields);
      }
      if (!field.fields && !untold.includes(field.property)) return [];
      return lineOf(field);
    });
  return lines(type.fields);
}

function lineOf({ property, secret, behavior }: Field): readonly string[] {
  if (secret && behavior === "required" && !property.includes(".")) return [];
  if (secret) return [`If it has a ${property}, add it as a secret: no agent tells it.`];
  const condition = behavior === "required" ? "" : " if it is set";
  return [`Add ${property}${condition}: the agent does not tell it.`];
}

function argument(resource: Named, field: Field, value: PropertyValue): Argument {
  if (Array.isArray(value)) {
    return {
      kind: "list",
      items: value.map((item: PropertyValue) => argument(resource, { ...field, repeated: undefined }, item)),
    };
  }
  if (isProperties(value)) {
    const entries = (field.fields ?? []).flatMap((inner) => {
      const own = value[inner.name];
      return own === undefined || inner.secret ? [] : [{ property: inner.name, value: argument(resource, inner, own) }];
    });
    return { kind: "fields", entries };
  }
  if (typeof value === "string" && field.references) {
    const target = resource.referenced(field.references, value);
    if (target) return nameOf(target);
  }
  // What is read from an agent is known; lists and objects have been dealt with.
  return typeof value === "symbol" || typeof value === "object" ? "" : value;
}

function nameOf({ variable }: Named): Argument {
  return { kind: "reference", to: variable, property: "name" };
}

function leaves(fields: readonly Field[]): readonly Field[] {
  return fields.flatMap((field) => (field.fields ? leaves(field.fields) : [field]));
}
