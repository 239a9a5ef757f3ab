import { createFileRegistry, fromBinary, getOption, hasOption } from "@bufbuild/protobuf";
import type { DescEnum, DescExtension, DescField, DescMessage, DescMethod, FileRegistry } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

/** `google.api.FieldBehavior`: the values that OPI uses. */
export const FieldBehavior = { OPTIONAL: 1, REQUIRED: 2, OUTPUT_ONLY: 3, IDENTIFIER: 8 } as const;

/** `google.api.ResourceDescriptor`, as far as the builder reads it. */
export interface ResourceAnnotation {
  readonly type: string;
  readonly pattern: readonly string[];
  readonly singular: string;
  readonly plural: string;
}

interface HttpRule {
  readonly pattern: { readonly case?: string; readonly value?: string };
  readonly body: string;
}

/**
 * A compiled descriptor set with the google.api annotations and comments that the catalogue is made of. The set must
 * hold its imports (`buf build` and `protoc --include_imports` do that) and, for descriptions, its source info.
 */
export class Descriptors {
  readonly registry: FileRegistry;
  private readonly comments = new Map<string, ReadonlyMap<string, string>>();

  constructor(set: Uint8Array) {
    this.registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, set));
  }

  behaviors(field: DescField): readonly number[] {
    return (this.option(field, "google.api.field_behavior") as readonly number[] | undefined) ?? [];
  }

  resource(message: DescMessage): ResourceAnnotation | undefined {
    return this.option(message, "google.api.resource") as ResourceAnnotation | undefined;
  }

  resourceReference(field: DescField): { readonly type: string; readonly childType: string } | undefined {
    return this.option(field, "google.api.resource_reference") as { type: string; childType: string } | undefined;
  }

  http(method: DescMethod): HttpRule | undefined {
    return this.option(method, "google.api.http") as HttpRule | undefined;
  }

  signatures(method: DescMethod): readonly string[] {
    return (this.option(method, "google.api.method_signature") as readonly string[] | undefined) ?? [];
  }

  /** The comment above a declaration, on one line; empty when there is none. */
  doc(desc: DescMessage | DescField | DescEnum | DescEnum["values"][number]): string {
    const file = desc.kind === "enum_value" || desc.kind === "field" ? desc.parent.file : desc.file;
    let comments = this.comments.get(file.name);
    if (!comments) {
      comments = new Map(
        (file.proto.sourceCodeInfo?.location ?? []).map((at) => [at.path.join("."), oneLine(at.leadingComments)]),
      );
      this.comments.set(file.name, comments);
    }
    return comments.get(locate(desc).join(".")) ?? "";
  }

  /** The value of an extension in the descriptor's options; its form is the extension's own, so callers name it. */
  private option(desc: DescMessage | DescField | DescMethod, name: string): unknown {
    const extension: DescExtension | undefined = this.registry.getExtension(name);
    if (!extension) return undefined;
    // getOption's types tie an extension to one kind of options; the registry's extensions are only known at run time.
    const typed = extension;
    return hasOption(desc, typed) ? getOption(desc, typed) : undefined;
  }
}

/** Path of a declaration in its file, by the field numbers of FileDescriptorProto, as source locations give it. */
function locate(desc: DescMessage | DescField | DescEnum | DescEnum["values"][number]): number[] {
  switch (desc.kind) {
    case "message":
      return desc.parent
        ? [...locate(desc.parent), 3, desc.parent.nestedMessages.indexOf(desc)]
        : [4, desc.file.messages.indexOf(desc)];
    case "enum":
      return desc.parent
        ? [...locate(desc.parent), 4, desc.parent.nestedEnums.indexOf(desc)]
        : [5, desc.file.enums.indexOf(desc)];
    case "field":
      return [...locate(desc.parent), 2, desc.parent.proto.field.indexOf(desc.proto)];
    case "enum_value":
      return [...locate(desc.parent), 2, desc.parent.proto.value.indexOf(desc.proto)];
  }
}

function oneLine(comment: string): string {
  return comment.trim().replace(/\s*\n\s*/g, " ");
}
