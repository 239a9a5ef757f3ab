import { messageShape, type FieldShape, type MessageShape } from "./shape";

/**
 * Messages as the generated code has them, handled by shape. The shapes come from the same descriptors as the generated
 * types, which is why a value of a message type may be read and rebuilt here without knowing the type.
 */

export function read(message: object, field: FieldShape): unknown {
  return (message as Readonly<Record<string, unknown>>)[field.local];
}

function write(message: object, field: FieldShape, value: unknown): void {
  (message as Record<string, unknown>)[field.local] = value;
}

export function blank(shape: MessageShape): object {
  return Object.fromEntries(shape.fields.map((field) => [field.local, field.empty()]));
}

/** A deep copy with exactly the contract's fields: what a newer client sent beyond them is dropped. */
export function copy<T extends object>(typeName: string, message: T): T {
  // By the shapes' promise the copy has T's fields.
  return copyShape(messageShape(typeName), message) as T;
}

function copyShape(shape: MessageShape, message: object): object {
  const result = blank(shape);
  for (const field of shape.fields) {
    const value = read(message, field);
    if (value === undefined || value === null) continue;
    if (field.message !== undefined) write(result, field, copyShape(field.message(), value));
    else write(result, field, value instanceof Uint8Array ? Buffer.from(value) : value);
  }
  return result;
}

/** Proto3's "not set": absent, or the default where absence cannot be told. */
export function isUnset(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === "" ||
    value === 0n ||
    value === false ||
    (value instanceof Uint8Array && value.length === 0)
  );
}

/** As {@link isUnset}, for a field: a plain number is unset at 0, one with presence only when absent. */
export function isFieldUnset(field: FieldShape, value: unknown): boolean {
  return isUnset(value) || (value === 0 && field.empty() === 0);
}

/** A field that holds a value rather than a message, with the way to it. */
export interface Leaf {
  readonly path: string;
  readonly steps: readonly FieldShape[];
  readonly field: FieldShape;
  /** It, or a message it is in, is set by the agent alone. */
  readonly output: boolean;
}

const leafCache = new Map<string, readonly Leaf[]>();

export function leavesOf(typeName: string): readonly Leaf[] {
  let leaves = leafCache.get(typeName);
  if (leaves === undefined) {
    leaves = collect(messageShape(typeName), []);
    leafCache.set(typeName, leaves);
  }
  return leaves;
}

function collect(shape: MessageShape, above: readonly FieldShape[]): Leaf[] {
  return shape.fields.flatMap((field) => {
    const steps = [...above, field];
    if (field.message !== undefined) return collect(field.message(), steps);
    const path = steps.map((step) => step.name).join(".");
    return [{ path, steps, field, output: steps.some((step) => step.output) }];
  });
}

export function readLeaf(message: object, leaf: Leaf): unknown {
  let value: unknown = message;
  for (const step of leaf.steps) {
    if (value === undefined || value === null) return leaf.field.empty();
    value = read(value, step);
  }
  return value ?? leaf.field.empty();
}

/** Sets a leaf, making the messages above it when they are not there, and clearing the other fields of its oneofs. */
export function writeLeaf(message: object, leaf: Leaf, value: unknown): void {
  let target = message;
  for (const step of leaf.steps.slice(0, -1)) {
    let inner = read(target, step);
    if (inner === undefined || inner === null) {
      if (isFieldUnset(leaf.field, value)) return;
      inner = blank(step.message?.() ?? { typeName: "", fields: [] });
      write(target, step, inner);
    }
    target = inner as object;
  }
  write(target, leaf.field, value);
}

export function sameValue(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  return a === b;
}
