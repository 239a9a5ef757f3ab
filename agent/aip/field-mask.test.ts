import { NvmeSubsystem } from "../../provider/wire/opi_api/storage/v1/frontend_nvme";
import { VirtioBlk } from "../../provider/wire/opi_api/storage/v1/frontend_virtio_blk";
import { applyMask } from "./field-mask";

const SUBSYSTEM = "opi_api.storage.v1.NvmeSubsystem";
const rules = { updatable: ["spec.hostnqn", "spec.psk"], secrets: ["spec.psk"], field: "nvme_subsystem" };
const psk = Buffer.from("a secret");
const current = NvmeSubsystem.fromPartial({
  name: "nvmeSubsystems/x",
  spec: { nqn: "nqn.a", serialNumber: "S1", maxNamespaces: 32n, hostnqn: "nqn.host", psk },
  status: { firmwareRevision: "24.05" },
});
const apply = (
  wish: Parameters<typeof NvmeSubsystem.fromPartial>[0],
  mask: readonly string[],
): ReturnType<typeof applyMask<NvmeSubsystem>> =>
  applyMask(SUBSYSTEM, current, NvmeSubsystem.fromPartial(wish), mask, rules);

describe("an update's mask", () => {
  test("changes what it names and nothing else", () => {
    const { desired, changed } = apply({ spec: { nqn: "nqn.other", hostnqn: "nqn.new" } }, ["spec.hostnqn"]);
    expect(changed).toEqual(["spec.hostnqn"]);
    expect(desired).toMatchObject({
      name: current.name,
      spec: { nqn: "nqn.a", serialNumber: "S1", maxNamespaces: 32n, hostnqn: "nqn.new", psk },
    });
  });

  test("clears what it names and the request left out", () => {
    expect(apply({}, ["spec.hostnqn", "spec.psk"]).desired.spec).toMatchObject({ hostnqn: "", psk: Buffer.alloc(0) });
  });

  test("means the populated fields when there is none", () => {
    expect(apply({ spec: { hostnqn: "nqn.new" } }, [])).toMatchObject({
      changed: ["spec.hostnqn"],
      desired: { spec: { nqn: "nqn.a", psk } },
    });
  });

  test("of * clears what the request left out, except secrets and what never changes", () => {
    expect(apply({ spec: { nqn: "nqn.a" } }, ["*"])).toMatchObject({
      changed: ["spec.hostnqn"],
      desired: { spec: { nqn: "nqn.a", serialNumber: "S1", maxNamespaces: 32n, hostnqn: "", psk } },
    });
  });

  test("may name a whole message", () => {
    expect(apply({ spec: { nqn: "nqn.a", hostnqn: "nqn.new" } }, ["spec"]).changed).toEqual(["spec.hostnqn"]);
  });

  test("leaves what only the agent sets alone", () => {
    expect(apply({ name: "nvmeSubsystems/y", status: { firmwareRevision: "1" } }, ["name", "status"]).changed).toEqual(
      [],
    );
  });

  test.each([
    [["spec.nope"], '"spec.nope" is no field'],
    [["spec.hostnqn.x"], '"spec.hostnqn.x" is no field'],
    [["specs"], '"specs" is no field'],
    [["hostnqn"], '"hostnqn" is no field'],
    [["spec.hostnqn", "*"], '"*" stands alone'],
  ])("of %j is refused", (mask, text) => {
    expect(() => apply({}, mask)).toThrow(`update_mask: ${text}`);
  });

  test.each([[["spec.nqn"]], [["spec"]], [["*"]], [[]]])("of %j cannot change what never changes", (mask) => {
    expect(() => apply({ spec: { nqn: "nqn.other" } }, mask)).toThrow(
      "nvme_subsystem.spec.nqn: cannot be changed after creation",
    );
  });

  test("that empties a message of its last value makes it absent", () => {
    const limited = VirtioBlk.fromPartial({ maxLimit: { rwIopsKiops: 1n } });
    const { desired } = applyMask("opi_api.storage.v1.VirtioBlk", limited, VirtioBlk.fromPartial({}), ["max_limit"], {
      updatable: ["max_limit"],
      secrets: [],
      field: "virtio_blk",
    });
    expect(desired.maxLimit).toBeUndefined();
  });
});
