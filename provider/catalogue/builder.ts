import type { DescField, DescMessage, DescMethod } from "@bufbuild/protobuf";
import { ScalarType } from "@bufbuild/protobuf";
import { Descriptors, FieldBehavior } from "./descriptors";
import type { FieldOverlay, TypeOverlay } from "./overlay";
import { overlay as opiOverlay, readOnlyMessages as opiReadOnly } from "./overlay";
import type { Area, Catalogue, EnumType, Field, FieldKind, Method, ResourceType, Verb } from "./types";

/** What a descriptor set cannot say, by full message name. */
export interface Overlay {
  readonly types: Readonly<Record<string, TypeOverlay>>;
  readonly readOnly: Readonly<
    Record<string, { readonly singular: string; readonly plural: string; readonly pattern: string }>
  >;
}

const VERBS: readonly Verb[] = ["create", "get", "update", "delete", "list", "stats", "reset"];

const SCALARS: Readonly<Partial<Record<ScalarType, FieldKind>>> = {
  [ScalarType.STRING]: "string",
  [ScalarType.BOOL]: "bool",
  [ScalarType.INT32]: "int32",
  [ScalarType.UINT32]: "uint32",
  [ScalarType.INT64]: "int64",
  [ScalarType.BYTES]: "bytes",
};

const WRAPPERS: Readonly<Record<string, FieldKind>> = {
  "google.protobuf.Int32Value": "int32",
  "google.protobuf.UInt32Value": "uint32",
  "google.protobuf.Int64Value": "int64",
  "google.protobuf.BoolValue": "bool",
  "google.protobuf.StringValue": "string",
  "google.protobuf.BytesValue": "bytes",
};

/**
 * Builds the catalogue of every resource that a compiled descriptor set holds.
 *
 * @param set a FileDescriptorSet with imports; with source info when descriptions are wanted
 * @throws Error when a message uses a shape the catalogue has no place for; it names message and field
 */
export function buildCatalogue(
  set: Uint8Array,
  overlay: Overlay = { types: opiOverlay, readOnly: opiReadOnly },
): Catalogue {
  return new Builder(new Descriptors(set), overlay).build();
}

class Builder {
  private readonly enums: Record<string, EnumType> = {};
  private readonly methods: ReadonlyMap<string, DescMethod>;

  constructor(
    private readonly descriptors: Descriptors,
    private readonly overlay: Overlay,
  ) {
    const all = [...descriptors.registry]
      .filter((desc) => desc.kind === "service")
      .flatMap((service) => service.methods);
    this.methods = new Map(all.map((method) => [method.name, method]));
  }

  build(): Catalogue {
    const types: ResourceType[] = [];
    for (const desc of this.descriptors.registry) {
      if (desc.kind !== "message") continue;
      const annotation = this.descriptors.resource(desc);
      const shape = annotation
        ? { ...annotation, pattern: annotation.pattern[0] ?? "" }
        : this.overlay.readOnly[desc.typeName];
      if (shape) types.push(this.resourceType(desc, shape));
    }
    const nounOf = new Map(types.map((type) => [type.pattern, type]));
    const withParents = types.map((type) => {
      const parent = nounOf.get(type.pattern.split("/").slice(0, -2).join("/"));
      return parent ? { ...type, parent: { noun: parent.noun, property: parent.singular } } : type;
    });
    return { types: withParents.sort((a, b) => (a.token < b.token ? -1 : 1)), enums: this.enums };
  }

  private resourceType(
    desc: DescMessage,
    shape: { readonly pattern: string; readonly singular: string; readonly plural: string },
  ): ResourceType {
    const own = this.overlay.types[desc.typeName] ?? { fields: {} };
    const methods: Partial<Record<Verb, Method>> = {};
    let service = "";
    let statistics: readonly Field[] = [];
    for (const verb of VERBS) {
      const suffix = verb === "list" ? upperFirst(shape.plural) : desc.name;
      const method = this.methods.get(`${upperFirst(verb)}${suffix}`);
      if (!method) continue;
      service = method.parent.typeName;
      methods[verb] = this.method(method, desc);
      if (verb === "stats") statistics = this.flatten(method.output, "", "", {}, {});
    }
    const area = areaOf(desc);
    const used = new Set<string>();
    const fields = this.resourceFields(desc, own.fields, used);
    const unknown = Object.keys(own.fields).filter((property) => !used.has(property));
    if (unknown.length > 0) throw new Error(`overlay of ${desc.typeName} names no field: ${unknown.join(", ")}`);
    return definedOnly({
      token: `opi:${area}:${desc.name}`,
      area,
      noun: desc.name,
      singular: shape.singular,
      plural: shape.plural,
      message: desc.typeName,
      service,
      pattern: shape.pattern,
      fields,
      methods,
      statistics,
      rules: own.rules ?? [],
      exclusive: own.exclusive,
      readOnly: methods.create === undefined,
      doc: this.descriptors.doc(desc),
    });
  }

  /** `spec` and `status` dissolve into the resource; `name` is every resource's own and no field. */
  private resourceFields(desc: DescMessage, own: Readonly<Record<string, FieldOverlay>>, used: Set<string>): Field[] {
    const fields = desc.fields.flatMap((field) => {
      if (field.name === "name") return [];
      const dissolves = (field.name === "spec" || field.name === "status") && field.fieldKind === "message";
      return dissolves
        ? field.message.fields.map((inner) => this.field(inner, "", `${field.name}.`, own, {}, used))
        : [this.field(field, "", "", own, {}, used)];
    });
    const twice = fields.find((field, i) => fields.findIndex((other) => other.name === field.name) !== i);
    if (twice) throw new Error(`${desc.typeName}: spec and status both have a field ${twice.name}`);
    return fields;
  }

  private flatten(
    desc: DescMessage,
    property: string,
    path: string,
    own: Readonly<Record<string, FieldOverlay>>,
    inherited: FieldOverlay,
    used = new Set<string>(),
  ): Field[] {
    return desc.fields.map((field) => this.field(field, property, path, own, inherited, used));
  }

  private field(
    desc: DescField,
    propertyPrefix: string,
    pathPrefix: string,
    own: Readonly<Record<string, FieldOverlay>>,
    inherited: FieldOverlay,
    used: Set<string>,
  ): Field {
    const name = camelCase(desc.name);
    const property = `${propertyPrefix}${name}`;
    const path = `${pathPrefix}${desc.name}`;
    const overlaid = own[property] ?? {};
    if (own[property]) used.add(property);
    const behaviors = this.descriptors.behaviors(desc);
    const { kind, type, message } = this.kindOf(desc);
    // Replacing and being left to the agent hold for a message as a whole, so for each field in it.
    const passedOn: FieldOverlay = { immutable: overlaid.immutable ?? inherited.immutable };
    const presence =
      message !== undefined || kind === "message" || desc.proto.proto3Optional || desc.fieldKind === "message";
    return definedOnly({
      name,
      property,
      path,
      kind,
      type,
      fields: message && this.flatten(message, `${property}.`, `${path}.`, own, passedOn, used),
      repeated: desc.fieldKind === "list" || undefined,
      presence: presence || undefined,
      oneof: desc.oneof?.name,
      behavior: behaviors.includes(FieldBehavior.OUTPUT_ONLY)
        ? "output"
        : behaviors.includes(FieldBehavior.REQUIRED)
          ? "required"
          : "optional",
      ...passedOn,
      ...overlaid,
      doc: this.descriptors.doc(desc),
    });
  }

  private kindOf(desc: DescField): { kind: FieldKind; type?: string; message?: DescMessage } {
    const message = desc.fieldKind === "message" ? desc.message : desc.fieldKind === "list" ? desc.message : undefined;
    const enumeration = desc.fieldKind === "enum" ? desc.enum : desc.fieldKind === "list" ? desc.enum : undefined;
    if (message) {
      const wrapped = WRAPPERS[message.typeName];
      return wrapped ? { kind: wrapped } : { kind: "message", type: message.typeName, message };
    }
    if (enumeration) {
      this.enums[enumeration.typeName] ??= {
        name: enumeration.typeName,
        prefix: enumeration.sharedPrefix?.toUpperCase() ?? "",
        values: enumeration.values.map((value) => ({
          name: value.name,
          number: value.number,
          doc: this.descriptors.doc(value),
        })),
        doc: this.descriptors.doc(enumeration),
      };
      return { kind: "enum", type: enumeration.typeName };
    }
    const scalar = desc.fieldKind === "scalar" || desc.fieldKind === "list" ? desc.scalar : undefined;
    const kind = scalar && SCALARS[scalar];
    if (!kind)
      throw new Error(`${desc.parent.typeName}.${desc.name}: the catalogue has no place for this field's type`);
    return { kind };
  }

  private method(desc: DescMethod, resource: DescMessage): Method {
    const inputs = desc.input.fields;
    const path = this.descriptors.http(desc)?.pattern.value ?? "";
    const fixedParent = /\{parent=([^*}]+)\}/.exec(path)?.[1];
    return definedOnly({
      rpc: `/${desc.parent.typeName}/${desc.name}`,
      request: desc.input.typeName,
      response: desc.output.typeName,
      body: keyOf(inputs.find((field) => field.message === resource)),
      id: keyOf(inputs.find((field) => field.name === `${snakeCase(resource.name)}_id`)),
      parent: inputs.some((field) => field.name === "parent") || undefined,
      fixedParent,
      items: keyOf(desc.output.fields.find((field) => field.fieldKind === "list" && field.message === resource)),
    });
  }
}

const keyOf = (field: DescField | undefined): string | undefined => field && camelCase(field.name);

/** OPI's three areas are the first word of its file names: `backend_null.proto`. */
function areaOf(desc: DescMessage): Area {
  const word = desc.file.name.split("/").pop()?.split("_")[0] ?? "";
  return (["frontend", "middleend", "backend"] as const).find((area) => area === word) ?? "inventory";
}

const upperFirst = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const camelCase = (snake: string): string =>
  snake.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const snakeCase = (pascal: string): string => pascal.replace(/(?<!^)([A-Z])/g, "_$1").toLowerCase();

/** Leaves out what is undefined, so that the generated module stays compact and entries compare by value. */
function definedOnly<T extends object>(entry: T): T {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined)) as T;
}
