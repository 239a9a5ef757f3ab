/** Raised by decoders; the dispatcher answers with the verb's own decode error. */
export class DecodeFailure extends Error {}

export interface Param<T> {
  readonly optional: boolean;
  decode(value: unknown): T;
}

export type Schema = Readonly<Record<string, Param<unknown>>>;

export type Decoded<S extends Schema> = {
  readonly [K in keyof S]: S[K] extends Param<infer T> ? T : never;
};

function required<T>(decode: (value: unknown) => T): Param<T> {
  return { optional: false, decode };
}

function integer(least: number, most: number): Param<number> {
  return required((value) => {
    // 64.0 and 1e3 are integers to SPDK too; "64" and 64.5 are not (recorded: bdev/null_str, bdev/null_float).
    if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most)
      throw new DecodeFailure();
    return value;
  });
}

export const string: Param<string> = required((value) => {
  if (typeof value !== "string") throw new DecodeFailure();
  return value;
});

export const boolean: Param<boolean> = required((value) => {
  if (typeof value !== "boolean") throw new DecodeFailure();
  return value;
});

export const uint8 = integer(0, 2 ** 8 - 1);
export const uint16 = integer(0, 2 ** 16 - 1);
export const uint32 = integer(0, 2 ** 32 - 1);
export const int32 = integer(-(2 ** 31), 2 ** 31 - 1);
/** Values beyond 2^53 lose their last digits in JSON.parse; SPDK's verbs have no use for those digits. */
export const uint64 = integer(0, 2 ** 64);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const uuid: Param<string> = required((value) => {
  if (typeof value !== "string" || !UUID.test(value)) throw new DecodeFailure();
  return value.toLowerCase();
});

/** So many bytes as hexadecimal digits, given back in capitals. */
export function hexadecimal(bytes: number): Param<string> {
  return required((value) => {
    if (typeof value !== "string" || value.length !== 2 * bytes || !/^[0-9a-f]*$/i.test(value))
      throw new DecodeFailure();
    return value.toUpperCase();
  });
}

export function oneOf<const T extends string>(...names: readonly T[]): Param<T> {
  return required((value) => {
    const name = names.find((candidate) => candidate === value);
    if (name === undefined) throw new DecodeFailure();
    return name;
  });
}

export function listOf<T>(item: Param<T>): Param<readonly T[]> {
  return required((value) => {
    if (!Array.isArray(value)) throw new DecodeFailure();
    return value.map((element) => item.decode(element));
  });
}

export function object<S extends Schema>(schema: S): Param<Decoded<S>> {
  return required((value) => decodeObject(schema, value));
}

export function optional<T>(param: Param<T>): Param<T | undefined> {
  return { optional: true, decode: (value) => param.decode(value) };
}

/** As SPDK's spdk_json_decode_object: an unknown member, a wrong type or a missing required member fails the whole. */
export function decodeObject<S extends Schema>(
  schema: S,
  value: unknown,
  unknownMembers: "refused" | "ignored" = "refused",
): Decoded<S> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new DecodeFailure();
  const decoded: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    if (!Object.hasOwn(schema, key)) {
      if (unknownMembers === "ignored") continue;
      throw new DecodeFailure();
    }
    decoded[key] = schema[key].decode(member);
  }
  for (const [key, param] of Object.entries(schema))
    if (!param.optional && !Object.hasOwn(decoded, key)) throw new DecodeFailure();
  // Every member was decoded by the schema's own decoder, which is what Decoded<S> says.
  return decoded as Decoded<S>;
}
