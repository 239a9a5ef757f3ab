import { ScalarType, type DescField, type DescMessage } from "@bufbuild/protobuf";

import { behaviorOf, messageDescriptor } from "./descriptors";

/** A field of a message: how the wire calls it and how our generated code does. */
export interface FieldShape {
  /** As in masks and errors: `volume_name_ref`. */
  readonly name: string;
  /** As in generated objects: `volumeNameRef`. */
  readonly local: string;
  readonly required: boolean;
  readonly output: boolean;
  readonly oneof: string | undefined;
  /** The numbers of an enum; a value outside them is refused. */
  readonly enumNumbers: ReadonlySet<number> | undefined;
  /** The message it holds; wrappers such as Int32Value count as plain values that may be absent. */
  readonly message: (() => MessageShape) | undefined;
  /** A fresh default, as the generated code has it. */
  readonly empty: () => unknown;
}

export interface MessageShape {
  readonly typeName: string;
  readonly fields: readonly FieldShape[];
}

const cache = new Map<string, MessageShape>();

export function messageShape(typeName: string): MessageShape {
  let shape = cache.get(typeName);
  if (shape === undefined) {
    shape = { typeName, fields: messageDescriptor(typeName).fields.map(fieldShape) };
    cache.set(typeName, shape);
  }
  return shape;
}

function fieldShape(field: DescField): FieldShape {
  const nested = field.fieldKind === "message" && !isWrapper(field.message) ? field.message : undefined;
  return {
    name: field.name,
    local: field.localName,
    ...behaviorOf(field),
    oneof: field.oneof?.name,
    enumNumbers: field.fieldKind === "enum" ? new Set(field.enum.values.map((value) => value.number)) : undefined,
    message: nested === undefined ? undefined : () => messageShape(nested.typeName),
    empty: emptyOf(field),
  };
}

function isWrapper(message: DescMessage): boolean {
  return /^google\.protobuf\.(\w+Value|FieldMask)$/.test(message.typeName);
}

function emptyOf(field: DescField): () => unknown {
  // Explicit presence: messages, wrappers and `optional` fields are undefined until they are set.
  if (field.fieldKind === "message" || field.oneof !== undefined || field.proto.proto3Optional) return () => undefined;
  if (field.fieldKind === "enum") return () => 0;
  if (field.fieldKind !== "scalar") return () => [];
  switch (field.scalar) {
    case ScalarType.STRING:
      return () => "";
    case ScalarType.BOOL:
      return () => false;
    case ScalarType.BYTES:
      return () => Buffer.alloc(0);
    case ScalarType.INT64:
    case ScalarType.UINT64:
      return () => 0n;
    default:
      return () => 0;
  }
}
