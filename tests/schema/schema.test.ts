import { readFileSync } from "node:fs";
import { join } from "node:path";
import { catalogue } from "../../provider/catalogue";
import type { Field } from "../../provider/catalogue";
import { functions } from "../../provider/functions";
import { KEYS, SECRETS } from "../../provider/plugin/config/keys";
import { packageSpec, schemaText } from "../../provider/schema/package";
import type { ObjectSpec, PropertySpec } from "../../provider/schema/spec";

const spec = packageSpec();
const managed = catalogue.types.filter(({ readOnly }) => !readOnly);

/** Every object of the package with its token: resources by inputs and by outputs, types, functions. */
const objects: readonly (readonly [string, ObjectSpec])[] = [
  ["provider", { properties: spec.provider.inputProperties }],
  ["config", { properties: spec.config.variables }],
  ...Object.entries(spec.resources).flatMap(
    ([token, resource]) =>
      [
        [token, resource],
        [token, { properties: resource.inputProperties, required: resource.requiredInputs }],
      ] as const,
  ),
  ...Object.entries(spec.types).flatMap(([token, type]) => ("properties" in type ? [[token, type] as const] : [])),
  ...Object.entries(spec.functions).flatMap(
    ([token, { inputs, outputs }]) =>
      [
        [token, inputs],
        [token, outputs],
      ] as const,
  ),
];

const properties = objects.flatMap(([token, { properties: own }]) =>
  Object.entries(own).map(([name, property]) => [token, name, property] as const),
);

test("schema.json is what the catalogue says: run `make schema` after a change", () => {
  expect(readFileSync(join(__dirname, "../../schema.json"), "utf8")).toBe(schemaText());
});

test("there is a resource for each type that can be created, and for no other", () => {
  expect(Object.keys(spec.resources)).toEqual(managed.map(({ token }) => token).sort());
});

test("the functions of the schema are those of the provider, with their arguments", () => {
  const offered = functions.map(({ token, arguments: args }) => ({ token, args }));
  const promised = Object.entries(spec.functions).map(([token, { inputs }]) => ({
    token,
    args: Object.fromEntries(
      Object.keys(inputs.properties).map((name) => [name, inputs.required?.includes(name) ? "required" : "optional"]),
    ),
  }));
  const byToken = (a: { token: string }, b: { token: string }): number => (a.token < b.token ? -1 : 1);
  expect(promised.sort(byToken)).toEqual(offered.sort(byToken));
});

test("every property, type, resource and function is described", () => {
  const described = [
    ...Object.entries(spec.types),
    ...Object.entries(spec.resources),
    ...Object.entries(spec.functions),
  ];
  expect(described.filter(([, { description }]) => !description).map(([token]) => token)).toEqual([]);
  expect(properties.filter(([, , { description }]) => !description).map(([token, name]) => `${token}.${name}`)).toEqual(
    [],
  );
});

test("what the catalogue calls secret is secret wherever it is told, and never in what functions tell", () => {
  for (const type of managed) {
    const resource = spec.resources[type.token];
    for (const field of type.fields.filter(({ secret }) => secret)) {
      expect(resource?.inputProperties[field.name]?.secret).toBe(true);
      expect(resource?.properties[field.name]?.secret).toBe(true);
      expect(resource?.required).not.toContain(field.name);
      expect(spec.functions[`opi:${type.area}:get${type.noun}`]?.outputs.properties).not.toHaveProperty(field.name);
    }
    for (const inner of type.fields.flatMap(({ fields = [] }) => fields).filter(({ secret }) => secret)) {
      const owners = properties.filter(([token, name]) => token.startsWith(`opi:${type.area}:`) && name === inner.name);
      expect(owners.filter(([, , property]) => !property.secret)).toEqual([]);
    }
  }
  expect(spec.provider.inputProperties.metadata?.secret).toBe(true);
  expect((spec.types["opi:index:Tls"] as ObjectSpec).properties.key?.secret).toBe(true);
});

test("replacement is announced for each immutable input, its id and its parent, and left to the provider to decide", () => {
  for (const type of managed) {
    const inputs = spec.resources[type.token]?.inputProperties ?? {};
    const announced = Object.entries(inputs).flatMap(([name, { willReplaceOnChanges }]) =>
      willReplaceOnChanges ? name : [],
    );
    const immutable = type.fields.filter((field: Field) => field.immutable && field.behavior !== "output");
    const identity = ["resourceId", ...(type.parent ? [type.parent.property] : [])];
    expect(announced.sort()).toEqual([...identity, ...immutable.map(({ name }) => name)].sort());
  }
  expect(schemaText()).not.toContain('"replaceOnChanges"');
});

test("every type that can be created has an example in each language, and says how it is imported", () => {
  for (const [token, { description = "" }] of Object.entries(spec.resources)) {
    for (const language of ["typescript", "python", "csharp", "go", "yaml", "java"]) {
      expect(description).toContain(`\`\`\`${language}\n`);
    }
    expect(description).toContain(`$ pulumi import ${token} example `);
  }
});

test("numbers that 32 bits cannot hold are `number`, and identifiers of 64 bits are text", () => {
  const wide = (fields: readonly Field[]): readonly Field[] =>
    fields.flatMap((field) => (field.fields ? wide(field.fields) : field.kind === "int64" ? [field] : []));
  for (const type of managed) {
    const inputs = spec.resources[type.token]?.inputProperties ?? {};
    for (const field of wide(type.fields.filter(({ fields }) => !fields))) {
      if (field.behavior !== "output")
        expect(inputs[field.name]?.type).toBe(field.format === "eui64" ? "string" : "number");
    }
  }
});

test("defaults from the environment stand with the configuration, so that no agent gets another's settings", () => {
  expect(spec.config.variables.address?.defaultInfo).toEqual({ environment: ["OPI_ADDRESS"] });
  const inputs = Object.values(spec.provider.inputProperties);
  expect(inputs.filter((property: PropertySpec) => property.defaultInfo)).toEqual([]);
});

test("the configuration has the keys that the plugin reads, secret where it keeps them secret", () => {
  expect(Object.keys(spec.config.variables).sort()).toEqual([...KEYS].sort());
  const secrets = Object.entries(spec.config.variables).flatMap(([key, { secret }]) => (secret ? key : []));
  expect(secrets.sort()).toEqual(SECRETS.filter((key) => !key.includes(".")).sort());
});

describe("what the generators of .NET and Java impose", () => {
  const pascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
  const nameOf = (token: string): string => token.split(":").pop() ?? token;

  test("no member is called like the class that holds it", () => {
    expect(properties.filter(([token, name]) => pascal(name) === nameOf(token))).toEqual([]);
  });

  test("no property has a name that every resource or object has already", () => {
    const taken = new Set(["id", "urn", "getClass", "hashCode", "toString", "equals", "notify", "wait", "pulumi"]);
    expect(properties.filter(([, name]) => taken.has(name))).toEqual([]);
  });

  test("no two names of a module differ in case alone", () => {
    const names = [...Object.keys(spec.resources), ...Object.keys(spec.types), ...Object.keys(spec.functions)];
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
  });

  test("the members of an enum are identifiers", () => {
    const members = Object.values(spec.types).flatMap((type) => ("enum" in type ? type.enum : []));
    expect(members.filter(({ name }) => !/^[A-Z][A-Za-z0-9]*$/.test(name))).toEqual([]);
    expect(members.length).toBeGreaterThan(10);
  });

  test("every module that is used has a namespace and a package", () => {
    const modules = new Set(
      properties.map(([token]) => token.split(":")[1]).filter((module) => module && module !== "index"),
    );
    const { csharp, java } = spec.language as Record<string, { namespaces?: object; packages?: object }>;
    for (const module of modules) {
      expect(csharp?.namespaces).toHaveProperty(module ?? "");
      expect(java?.packages).toHaveProperty(module ?? "");
    }
  });
});
