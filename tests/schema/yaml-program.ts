import { load } from "js-yaml";
import schema from "../../schema.json";

/** A type of Pulumi's schema, as far as a YAML program can break it. */
interface TypeSpec {
  readonly type?: string;
  readonly $ref?: string;
  readonly oneOf?: readonly TypeSpec[];
  readonly items?: TypeSpec;
  readonly additionalProperties?: TypeSpec;
}
interface ObjectSpec {
  readonly properties?: Readonly<Record<string, TypeSpec>>;
  readonly required?: readonly string[];
  readonly type?: string;
  readonly enum?: readonly { readonly value: unknown }[];
}
interface ResourceSpec {
  readonly properties: Readonly<Record<string, TypeSpec>>;
  readonly inputProperties: Readonly<Record<string, TypeSpec>>;
  readonly requiredInputs?: readonly string[];
}

/** The schema is JSON, whose literal type is too narrow to be looked things up in. */
const { resources, types } = schema as unknown as {
  readonly resources: Readonly<Record<string, ResourceSpec>>;
  readonly types: Readonly<Record<string, ObjectSpec>>;
};

export interface YamlProgram {
  readonly config?: Readonly<Record<string, { readonly type: string; readonly secret: boolean }>>;
  readonly resources: Readonly<
    Record<
      string,
      {
        readonly type: string;
        readonly name?: string;
        readonly properties: Readonly<Record<string, unknown>>;
        readonly options?: { readonly parent?: string; readonly dependsOn?: readonly string[] };
      }
    >
  >;
}

export const parsed = (text: string): YamlProgram => load(text) as YamlProgram;

/**
 * What Pulumi's YAML language would refuse of a program, by the provider's schema: types that are none, properties that a
 * type has not or needs and lacks, values of another kind, and references to nothing.
 */
export function troubles(program: YamlProgram): readonly string[] {
  return Object.entries(program.resources).flatMap(([variable, { type, properties, options, ...rest }]) => {
    const spec = resources[type];
    if (!spec) return [`${variable}: there is no type ${type}`];
    const strange = Object.keys(rest).filter((key) => key !== "name");
    const referring = [options?.parent, ...(options?.dependsOn ?? [])].flatMap((each) => each ?? []);
    return [
      ...strange.map((key) => `${variable}: ${key} is nothing that a resource has`),
      ...referring.flatMap((each) => (isResource(program, each) ? [] : [`${variable}: ${each} is no resource`])),
      ...ofObject(program, variable, properties, spec.inputProperties, spec.requiredInputs),
    ];
  });
}

function ofObject(
  program: YamlProgram,
  path: string,
  value: Readonly<Record<string, unknown>>,
  specs: Readonly<Record<string, TypeSpec>>,
  required: readonly string[] = [],
): readonly string[] {
  return [
    ...required.filter((name) => !(name in value)).map((name) => `${path}.${name} is missing`),
    ...Object.entries(value).flatMap(([name, inner]) => {
      const spec = specs[name];
      return spec ? ofValue(program, `${path}.${name}`, inner, spec) : [`${path}.${name} is no property`];
    }),
  ];
}

function ofValue(program: YamlProgram, path: string, value: unknown, spec: TypeSpec): readonly string[] {
  const reference = typeof value === "string" ? /^\$\{([^}]*)\}$/.exec(value)?.[1] : undefined;
  if (reference !== undefined) return ofReference(program, path, reference);
  if (spec.oneOf) {
    const all = spec.oneOf.map((each) => ofValue(program, path, value, each));
    return all.some((each) => each.length === 0) ? [] : (all[0] ?? []);
  }
  if (spec.$ref) {
    const named = types[decodeURIComponent(spec.$ref.replace("#/types/", ""))];
    if (!named) return [`${path}: the schema has no ${spec.$ref}`];
    if (named.enum)
      return named.enum.some((each) => each.value === value) ? [] : [`${path}: ${String(value)} is no value`];
    return isObject(value)
      ? ofObject(program, path, value, named.properties ?? {}, named.required)
      : [`${path} is no object`];
  }
  if (spec.type === "array") {
    if (!Array.isArray(value)) return [`${path} is no list`];
    return value.flatMap((item: unknown, at) => ofValue(program, `${path}[${at}]`, item, spec.items ?? {}));
  }
  const kind = spec.type === "integer" ? "number" : spec.type;
  return typeof value === kind && (spec.type !== "integer" || Number.isInteger(value))
    ? []
    : [`${path} is a ${typeof value}, not a ${spec.type ?? "?"}`];
}

/** A variable with a property of its type, or a configuration key. */
function ofReference(program: YamlProgram, path: string, reference: string): readonly string[] {
  const [variable = "", property, ...rest] = reference.split(".");
  if (program.config && variable in program.config) return property === undefined ? [] : [`${path}: no such key`];
  const target = program.resources[variable];
  if (!target) return [`${path} refers to ${variable}, which is not there`];
  const known = property !== undefined && rest.length === 0 && property in (resources[target.type]?.properties ?? {});
  return known ? [] : [`${path} refers to ${reference}, which its type has not`];
}

const isResource = (program: YamlProgram, text: string): boolean =>
  (/^\$\{(\w+)\}$/.exec(text)?.[1] ?? "") in program.resources;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
