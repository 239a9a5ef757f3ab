import { readFileSync } from "node:fs";
import { join } from "node:path";

import {
  createFileRegistry,
  fromBinary,
  getOption,
  hasOption,
  toBinary,
  type DescField,
  type DescMessage,
  type DescMethod,
  type DescService,
} from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

/** `google.api.FieldBehavior`: the values that change what the agent does. */
const REQUIRED = 2;
const OUTPUT_ONLY = 3;
const IDENTIFIER = 8;

const set = fromBinary(FileDescriptorSetSchema, readFileSync(join(__dirname, "../../provider/wire/descriptors.binpb")));
const registry = createFileRegistry(set);

/** Every file of the contract and its imports, serialized as server reflection hands them out. */
export function serializedFiles(): Buffer[] {
  return set.file.map((file) => Buffer.from(toBinary(FileDescriptorProtoSchema, file)));
}

export function messageDescriptor(typeName: string): DescMessage {
  const found = registry.getMessage(typeName);
  if (found === undefined) throw new Error(`the contract has no message ${typeName}`);
  return found;
}

export function serviceDescriptor(typeName: string): DescService {
  const found = registry.getService(typeName);
  if (found === undefined) throw new Error(`the contract has no service ${typeName}`);
  return found;
}

export interface Behavior {
  readonly required: boolean;
  /** Set by the agent alone: ignored in requests (AIP-203). */
  readonly output: boolean;
}

export function behaviorOf(field: DescField): Behavior {
  const values = (option(field, "google.api.field_behavior") as readonly number[] | undefined) ?? [];
  return {
    required: values.includes(REQUIRED),
    output: values.includes(OUTPUT_ONLY) || values.includes(IDENTIFIER),
  };
}

export interface ResourceAnnotation {
  readonly pattern: readonly string[];
  readonly singular: string;
  readonly plural: string;
}

export function resourceOf(message: DescMessage): ResourceAnnotation | undefined {
  return option(message, "google.api.resource") as ResourceAnnotation | undefined;
}

/**
 * What a list's parent must be when it is no object but a constant: OPI binds some lists to paths such as
 * `/v1/{parent=volumes}`.
 */
export function constantParentOf(method: DescMethod): string | undefined {
  const rule = option(method, "google.api.http") as { readonly pattern: { readonly value?: string } } | undefined;
  return /\{parent=([a-zA-Z]+)\}/.exec(rule?.pattern.value ?? "")?.[1];
}

/** The extension's value; what it looks like is google.api's own definition, which the registry holds. */
function option(desc: DescField | DescMessage | DescMethod, extension: string): unknown {
  const found = registry.getExtension(extension);
  return found !== undefined && hasOption(desc, found) ? getOption(desc, found) : undefined;
}
