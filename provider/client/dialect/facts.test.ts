import { status } from "@grpc/grpc-js";
import { catalogue, typeByNoun } from "../../catalogue";
import type { Field } from "../../catalogue";
import { OpiError } from "../error";
import { dialectByName, dialectNames, ignores, isMissing, nameFor, parentOf, reads, refusal } from ".";
import { sameReference, standard, updates, whyUnavailable } from ".";
import { careful, intel, marvell, nvidia, spdkBridge } from ".";

const namespace = typeByNoun("NvmeNamespace");
const nullVolume = typeByNoun("NullVolume");
const error = (code: status, detail: string) => new OpiError(code, detail, { action: "read", agent: "a" });

test("names follow the contract's patterns in the standard dialect, and the agent's own spelling in others", () => {
  expect(nameFor(standard, nullVolume, "vol0")).toBe("nullVolumes/vol0");
  expect(nameFor(spdkBridge, nullVolume, "vol0")).toBe("volumes/vol0");
  const child = "nvmeSubsystems/s/nvmeNamespaces/n";
  for (const dialect of [standard, spdkBridge])
    expect(nameFor(dialect, namespace, "n", "nvmeSubsystems/s")).toBe(child);
  expect(parentOf(namespace, child)).toBe("nvmeSubsystems/s");
  expect(parentOf(nullVolume, "nullVolumes/vol0")).toBeUndefined();
});

test("references are one where the dialect says so, and a bare id is any name that ends in it", () => {
  for (const dialect of [standard, spdkBridge]) {
    expect(sameReference(dialect, "nullVolumes/vol0", "vol0")).toBe(true);
    expect(sameReference(dialect, "vol0", "nullVolumes/vol1")).toBe(false);
  }
  expect(sameReference(spdkBridge, "volumes/vol0", "mallocVolumes/vol0")).toBe(true);
  expect(sameReference(standard, "nullVolumes/vol0", "mallocVolumes/vol0")).toBe(false);
});

test("what a dialect does not list is read, updated, sent and available", () => {
  expect(reads(standard, nullVolume, "blocksCount")).toBe(true);
  expect(updates(standard, nullVolume, "blocksCount")).toBe(true);
  expect(ignores(standard, nullVolume, "uuid")).toBe(false);
  expect(refusal(standard, nullVolume, "uuid")).toBeUndefined();
  expect(whyUnavailable(standard, nullVolume, "update")).toBeUndefined();
  expect(whyUnavailable(standard, nullVolume, "reset")).toContain("no reset call");
});

test("what it lists is judged by the first step of a path, and what is ignored with all below", () => {
  const qos = typeByNoun("QosVolume");
  expect(updates(spdkBridge, qos, "limits.max.rwIopsKiops")).toBe(true);
  expect(updates(spdkBridge, qos, "volumeNameRef")).toBe(false);
  expect(updates(spdkBridge, typeByNoun("VirtioBlk"), "maxIoQps")).toBe(false);
  expect(ignores(spdkBridge, typeByNoun("NvmeController"), "minLimit.rdIopsKiops")).toBe(true);
  expect(refusal(spdkBridge, qos, "limits.min")).toContain("upper limits only");
});

test("absence is NOT_FOUND everywhere, and other words only where a dialect has them", () => {
  expect(isMissing(standard, error(status.NOT_FOUND, "x"))).toBe(true);
  const vague = error(status.UNKNOWN, "bdev_get_bdevs: json response error: No such device");
  expect(isMissing(standard, vague)).toBe(false);
  expect(isMissing(spdkBridge, vague)).toBe(true);
  expect(isMissing(spdkBridge, error(status.UNAVAILABLE, "No such device"))).toBe(false);
});

test("every dialect has a name of its own to be asked for", () => {
  expect(dialectNames).toEqual(["auto", "standard", "spdk-bridge", "intel", "nvidia", "marvell", "careful"]);
  for (const name of dialectNames) expect(dialectByName(name)?.name).toBe(name === "auto" ? undefined : name);
});

test("an unknown agent is believed nothing, and hindered in nothing", () => {
  expect(careful).toMatchObject({ concurrentWrites: false, remembers: false, answersAreStored: false });
  expect(careful).toMatchObject({ unavailable: {}, refuses: {}, ignores: {} });
});

test("the vendors' tables name only types and properties of the contract", () => {
  const paths = (fields: readonly Field[]): string[] =>
    fields.flatMap((field) => [field.property, ...paths(field.fields ?? [])]);
  for (const { reads: read, updates: updated, ignores: ignored, refuses, unavailable } of [intel, nvidia, marvell]) {
    for (const [noun, named] of [read, updated, ignored, refuses].flatMap((table) => Object.entries(table))) {
      const known = paths(typeByNoun(noun).fields);
      for (const path of Array.isArray(named) ? (named as readonly string[]) : Object.keys((named ?? {}) as object)) {
        expect(known).toContain(path);
      }
    }
    for (const [noun, verbs] of Object.entries(unavailable)) {
      const type = catalogue.types.find((each) => each.noun === noun);
      for (const verb of Object.keys(verbs ?? {})) expect(Object.keys(type?.methods ?? {})).toContain(verb);
    }
  }
});

test("the vendors without QoS volumes say so before anything is sent", () => {
  for (const dialect of [nvidia, marvell]) {
    expect(whyUnavailable(dialect, typeByNoun("QosVolume"), "create")).toContain("no QoS volumes");
  }
  expect(whyUnavailable(intel, typeByNoun("QosVolume"), "create")).toBeUndefined();
});

test("values, forms, caveats and ids of a dialect name only types and properties of the contract", () => {
  const paths = (fields: readonly Field[]): string[] =>
    fields.flatMap((field) => [field.property, ...paths(field.fields ?? [])]);
  for (const { accepts, patterns, caveats, chosenIds, removal, standsFor, nameSpaces } of [
    spdkBridge,
    intel,
    nvidia,
    marvell,
  ]) {
    for (const [noun, named] of [accepts, patterns].flatMap((table) => Object.entries(table))) {
      for (const path of Object.keys((named ?? {}) as object)) expect(paths(typeByNoun(noun).fields)).toContain(path);
    }
    for (const [noun, warnings] of Object.entries(caveats)) {
      for (const { property } of warnings ?? []) expect(["", ...paths(typeByNoun(noun).fields)]).toContain(property);
    }
    for (const [noun, path] of Object.entries(standsFor)) expect(paths(typeByNoun(noun).fields)).toContain(path);
    for (const noun of [...Object.keys(chosenIds), ...Object.keys(removal), ...nameSpaces.flat()]) {
      expect(typeByNoun(noun).readOnly).toBe(false);
    }
  }
});
