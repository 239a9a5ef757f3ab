import fc from "fast-check";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { UNKNOWN } from "../../catalogue/values/property";
import { decode, UnsupportedValue } from "./decode";
import { encode } from "./encode";
import { OUTPUT, RESOURCE_REFERENCE, SECRET, SIGNATURE, UNKNOWN_MARKS, UNKNOWN_TEXT } from "./signatures";

const decoded = (value: Record<string, JavaScriptValue>) => decode(Struct.fromJavaScript(value));
const signed = (signature: string, rest: Record<string, JavaScriptValue>) => ({ [SIGNATURE]: signature, ...rest });

test("secrets lose their marks and keep their paths, however deep they lie", () => {
  const { properties, secrets } = decoded({
    psk: signed(SECRET, { value: "p" }),
    tcp: { psk: signed(SECRET, { value: "q" }), hdgst: true },
    list: ["a", signed(SECRET, { value: "b" })],
    twice: signed(OUTPUT, { secret: true, value: signed(SECRET, { value: 5 }) }),
  });
  expect(properties).toEqual({ psk: "p", tcp: { psk: "q", hdgst: true }, list: ["a", "b"], twice: 5 });
  expect([...secrets].sort()).toEqual(["list", "psk", "tcp.psk", "twice"]);
});

test("every mark of an unknown value is one, outputs without a value too, and null is nothing", () => {
  for (const mark of UNKNOWN_MARKS) expect(decoded({ x: String(mark) }).properties).toEqual({ x: UNKNOWN });
  expect(decoded({ x: signed(OUTPUT, {}), y: null, z: [null, 1] }).properties).toEqual({ x: UNKNOWN, z: [1] });
  expect(decoded({ x: signed(OUTPUT, { value: "known", dependencies: ["urn"] }) }).properties).toEqual({ x: "known" });
  expect(decode(undefined).properties).toEqual({});
});

test("a resource stands for its id, which may not be known yet; a component has none", () => {
  const reference = (rest: Record<string, JavaScriptValue>) => ({
    x: signed(RESOURCE_REFERENCE, { urn: "u", ...rest }),
  });
  expect(decoded(reference({ id: "nullVolumes/vol" })).properties).toEqual({ x: "nullVolumes/vol" });
  expect(decoded(reference({ id: "" })).properties).toEqual({ x: UNKNOWN });
  expect(decoded(reference({ id: UNKNOWN_TEXT })).properties).toEqual({ x: UNKNOWN });
  expect(() => decoded(reference({}))).toThrow("component");
});

test("files, archives and kinds of value of the future are refused by path", () => {
  for (const signature of ["c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7", "new"]) {
    expect(() => decoded({ a: { b: signed(signature, {}) } })).toThrow(UnsupportedValue);
    expect(() => decoded({ a: { b: signed(signature, {}) } })).toThrow("a.b");
  }
});

test("a secret inside a secret is marked once, and an unknown secret stays both", () => {
  const inner = encode({ tcp: { psk: "p" }, x: UNKNOWN }, new Set(["tcp", "tcp.psk", "x"])).toJavaScript();
  expect(inner).toEqual({
    tcp: signed(SECRET, { value: { psk: "p" } }),
    x: signed(SECRET, { value: UNKNOWN_TEXT }),
  });
});

const key = fc.stringMatching(/^[a-z]{1,5}$/);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.boolean(),
    fc.constant(UNKNOWN),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(key, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

test("what is encoded is decoded to itself, with the same secrets", () => {
  fc.assert(
    fc.property(fc.dictionary(key, value, { noNullPrototype: true }), fc.boolean(), (given, isSecret) => {
      // The arbitrary makes nothing but property values.
      const properties = given as ReturnType<typeof decode>["properties"];
      const secrets = new Set(isSecret ? Object.keys(properties).slice(0, 1) : []);
      const again = decode(encode(properties, secrets));
      expect(again.properties).toEqual(properties);
      expect(again.secrets).toEqual(secrets);
    }),
  );
});
