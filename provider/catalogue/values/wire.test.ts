import fc from "fast-check";
import { validInputs } from "../../../tests/arbitrary/inputs";
import { opiCodec } from "../../client/codec";
import { catalogue, enumByName, typeByNoun } from "..";
import type { Field, ResourceType } from "../types";
import { isProperties } from "./property";
import type { Properties, PropertyValue } from "./property";
import { messageOf, plainProperties, propertiesOf } from "./wire";

/** Over the wire and back, as bytes. */
const roundTrip = (type: ResourceType, properties: Properties): Properties =>
  propertiesOf(type, opiCodec.decode(type.message, opiCodec.encode(type.message, messageOf(type, properties))));

/** What proto3 cannot tell from absence: zeros of scalars without presence. */
function withoutZeros(fields: readonly Field[], properties: Properties): Properties {
  const kept = fields.flatMap((field): [string, PropertyValue][] => {
    const value = properties[field.name];
    if (value === undefined) return [];
    if (isProperties(value)) return [[field.name, withoutZeros(field.fields ?? [], value)]];
    const isFirst = field.kind === "enum" && enumByName(field.type ?? "").values[0]?.name === value;
    const isZero = value === 0 || value === false || value === "" || isFirst;
    return isZero && !(field.presence && value !== "") ? [] : [[field.name, value]];
  });
  return Object.fromEntries(kept);
}

/** Numbers may be written as text where the field is text; the wire gives text back. */
const asTold = (fields: readonly Field[], properties: Properties): Properties =>
  Object.fromEntries(
    fields.flatMap((field): [string, PropertyValue][] => {
      const value = properties[field.name];
      if (value === undefined) return [];
      if (isProperties(value)) return [[field.name, asTold(field.fields ?? [], value)]];
      const lower = field.format === "eui64" || field.format === "hex";
      if (field.kind === "string" && typeof value === "number") return [[field.name, String(value)]];
      return [[field.name, lower && typeof value === "string" ? value.toLowerCase() : value]];
    }),
  );

test.each(catalogue.types.filter(({ readOnly }) => !readOnly).map((type) => [type.noun, type] as const))(
  "%s: valid inputs come back from the wire as they went",
  (_, type) => {
    fc.assert(
      fc.property(validInputs(type), (inputs) => {
        const { resourceId: _id, [type.parent?.property ?? ""]: _parent, ...wish } = inputs;
        expect(roundTrip(type, wish)).toEqual(withoutZeros(type.fields, asTold(type.fields, wish)));
      }),
      { numRuns: 50 },
    );
  },
);

const namespace = typeByNoun("NvmeNamespace");

test("an EUI-64 keeps all of its 64 bits, the highest included", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), (number) => {
      const eui64 = number.toString(16).padStart(16, "0");
      expect(roundTrip(namespace, { eui64 })).toEqual({ eui64 });
    }),
  );
  expect(roundTrip(namespace, { eui64: "0000000000000000" })).toEqual({});
});

test("a PSK goes as its text, a key as the bytes its digits stand for", () => {
  const psk = "NVMeTLSkey-1:01:MDAxMTIyMzM0NDU1NjY3Nzg4OTlhYWJiY2NkZGVlZmZwJEiQ:";
  const subsystem = messageOf(typeByNoun("NvmeSubsystem"), { psk });
  expect(Buffer.from((subsystem.spec as { psk: Uint8Array }).psk).toString()).toBe(psk);
  const volume = messageOf(typeByNoun("EncryptedVolume"), { key: "00ff".repeat(16) });
  expect(volume.key).toEqual(Buffer.from("00ff".repeat(16), "hex"));
});

test("wrappers with zero are values, and absent ones are absent", () => {
  const blk = typeByNoun("VirtioBlk");
  expect(roundTrip(blk, { pcieId: { portId: 0, virtualFunction: 0 } })).toEqual({
    pcieId: { portId: 0, virtualFunction: 0 },
  });
  expect(roundTrip(blk, { pcieId: {} })).toEqual({ pcieId: {} });
  expect(roundTrip(blk, {})).toEqual({});
});

test("scalars without presence that are zero count as not told, outputs excepted", () => {
  expect(propertiesOf(typeByNoun("NullVolume"), { blockSize: 0n, blocksCount: 5n, uuid: "" })).toEqual({
    blocksCount: 5,
  });
  const controller = typeByNoun("NvmeController");
  expect(propertiesOf(controller, { spec: {}, status: { active: false } })).toEqual({ active: false });
});

test("the member of a oneof that is set is the one that comes back", () => {
  const controller = typeByNoun("NvmeController");
  const fabricsId = { traddr: "192.0.2.1", trsvcid: "4420", adrfam: "NVME_ADDRESS_FAMILY_IPV4" };
  expect(roundTrip(controller, { fabricsId })).toEqual({ fabricsId });
});

test("a value of an enum that is newer than our contract is kept by its number, both ways", () => {
  const controller = typeByNoun("NvmeController");
  expect(propertiesOf(controller, { spec: { trtype: 99 } })).toEqual({ trtype: "99" });
  expect(roundTrip(controller, { trtype: "99" })).toEqual({ trtype: "99" });
});

test("a spec is sent even when nothing in it is set, because it is required", () => {
  expect(messageOf(typeByNoun("NvmeSubsystem"), {})).toEqual({ name: "", spec: {} });
  expect(messageOf(typeByNoun("NullVolume"), {}, "nullVolumes/a")).toEqual({ name: "nullVolumes/a" });
});

test("counters that are zero are values", () => {
  const { statistics } = typeByNoun("NullVolume");
  const read = plainProperties(statistics, { stats: { readOpsCount: 0, readBytesCount: 7 } });
  expect(read).toMatchObject({ stats: { readOpsCount: 0, readBytesCount: 7 } });
});
