import { catalogue } from "../catalogue";
import { opiCodec, withUnknownFields } from "./codec";

test("every message that the catalogue's methods name can be encoded and decoded", () => {
  for (const { methods } of catalogue.types) {
    for (const { request, response } of Object.values(methods)) {
      for (const name of [request, response]) {
        expect(Buffer.from(opiCodec.encode(name, opiCodec.decode(name, new Uint8Array())))).toHaveLength(0);
      }
    }
  }
});

test("absent scalars take their defaults, so that a sparse message can be sent", () => {
  const bytes = opiCodec.encode("opi_api.storage.v1.CreateNullVolumeRequest", { nullVolume: { blockSize: 512n } });
  expect(opiCodec.decode("opi_api.storage.v1.CreateNullVolumeRequest", bytes)).toMatchObject({
    nullVolumeId: "",
    nullVolume: { name: "", blockSize: 512n, blocksCount: 0n, uuid: "" },
  });
});

test("wrappers and messages that hold nothing but zero survive", () => {
  const sent = { pcieId: { portId: 0, physicalFunction: 0, virtualFunction: undefined } };
  const read = opiCodec.decode(
    "opi_api.storage.v1.VirtioBlk",
    opiCodec.encode("opi_api.storage.v1.VirtioBlk", sent),
  ) as { pcieId: object };
  expect(read.pcieId).toMatchObject(sent.pcieId);
});

/** A field 200 of type string, which no OPI message has. */
const newer = (value: string) => Buffer.concat([Buffer.from([0xc2, 0x0c, value.length]), Buffer.from(value)]);
const framed = (tag: number, inner: Uint8Array) => Buffer.concat([Buffer.from([tag, inner.length]), inner]);
const fromNewerAgent = Buffer.concat([framed(0x12, newer("in spec")), newer("on top")]);
const subsystem = "opi_api.storage.v1.NvmeSubsystem";

test("fields of a newer agent survive a read and an update, on every level", () => {
  const read = opiCodec.decode(subsystem, fromNewerAgent);
  expect(Buffer.from(opiCodec.encode(subsystem, read)).equals(fromNewerAgent)).toBe(true);

  const wish = withUnknownFields({ name: "nvmeSubsystems/a", spec: { nqn: "nqn.2014-08.org:a" } }, read);
  const sent = Buffer.from(opiCodec.encode("opi_api.storage.v1.UpdateNvmeSubsystemRequest", { nvmeSubsystem: wish }));
  for (const text of ["in spec", "on top", "nqn.2014-08.org:a"]) expect(sent.includes(text)).toBe(true);
});

test("what is known of the old object does not come back by its unknown fields", () => {
  const read = { ...opiCodec.decode(subsystem, fromNewerAgent), status: { firmwareRevision: "1" } };
  const wish = withUnknownFields({ name: "a" }, read);
  expect(Object.keys(wish).sort()).toEqual(["_unknownFields", "name"]);
});

test("a message that OPI has not is refused by name", () => {
  expect(() => opiCodec.encode("opi_api.storage.v1.NoSuch", {})).toThrow("opi_api.storage.v1.NoSuch");
});
