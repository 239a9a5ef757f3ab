/** The part of Pulumi's package schema that we write (Pulumi's metaschema, `PackageSpec`). */
export interface TypeSpec {
  readonly type?: "boolean" | "string" | "integer" | "number" | "array" | "object";
  readonly $ref?: string;
  readonly items?: TypeSpec;
  readonly additionalProperties?: TypeSpec;
  readonly oneOf?: readonly TypeSpec[];
}

export interface PropertySpec extends TypeSpec {
  readonly description?: string;
  readonly default?: string | number | boolean;
  readonly defaultInfo?: { readonly environment: readonly string[] };
  readonly secret?: true;
  readonly willReplaceOnChanges?: true;
}

export interface ObjectSpec {
  readonly description?: string;
  readonly type?: "object";
  readonly properties: Readonly<Record<string, PropertySpec>>;
  readonly required?: readonly string[];
}

export interface EnumSpec {
  readonly description?: string;
  readonly type: "string";
  readonly enum: readonly { readonly name: string; readonly value: string; readonly description?: string }[];
}

export interface ResourceSpec extends ObjectSpec {
  readonly inputProperties: Readonly<Record<string, PropertySpec>>;
  readonly requiredInputs?: readonly string[];
}

export interface FunctionSpec {
  readonly description?: string;
  readonly inputs: ObjectSpec;
  readonly outputs: ObjectSpec;
}

export interface PackageSpec {
  readonly name: string;
  readonly displayName: string;
  readonly version: string;
  readonly description: string;
  readonly keywords: readonly string[];
  readonly homepage: string;
  readonly license: string;
  readonly repository: string;
  readonly publisher: string;
  readonly meta: { readonly supportPack: boolean };
  readonly language: Readonly<Record<string, unknown>>;
  readonly config: {
    readonly variables: Readonly<Record<string, PropertySpec>>;
    readonly defaults?: readonly string[];
  };
  readonly types: Readonly<Record<string, ObjectSpec | EnumSpec>>;
  readonly provider: ResourceSpec;
  readonly resources: Readonly<Record<string, ResourceSpec>>;
  readonly functions: Readonly<Record<string, FunctionSpec>>;
}
