import { readFileSync } from "node:fs";
import { join } from "node:path";
import { catalogue, enumByName, typeByNoun, typeByToken } from ".";
import { buildCatalogue } from "./builder";
import { overlay, readOnlyMessages } from "./overlay";
import type { Field, ResourceType, Rule } from "./types";

const set = readFileSync(join(__dirname, "..", "wire", "descriptors.binpb"));
const allVerbs = ["create", "get", "update", "delete", "list", "stats"];

test.each([
  ["opi:frontend:NvmeSubsystem", undefined, "nvmeSubsystems/{subsystem}", allVerbs],
  ["opi:frontend:NvmeController", "NvmeSubsystem", "nvmeSubsystems/{subsystem}/nvmeControllers/{controller}", allVerbs],
  ["opi:frontend:NvmeNamespace", "NvmeSubsystem", "nvmeSubsystems/{subsystem}/nvmeNamespaces/{namespace}", allVerbs],
  ["opi:frontend:VirtioBlk", undefined, "virtioBlks/{volume}", allVerbs],
  ["opi:frontend:VirtioScsiTarget", undefined, "virtioScsiTargets/{volume}", allVerbs],
  ["opi:frontend:VirtioScsiController", undefined, "virtioScsiControllers/{volume}", allVerbs],
  ["opi:frontend:VirtioScsiLun", undefined, "virtioScsiLuns/{volume}", allVerbs],
  ["opi:backend:NvmeRemoteController", undefined, "nvmeRemoteControllers/{controller}", [...allVerbs, "reset"]],
  ["opi:backend:NvmePath", "NvmeRemoteController", "nvmeRemoteControllers/{controller}/nvmePaths/{path}", allVerbs],
  ["opi:backend:NullVolume", undefined, "nullVolumes/{volume}", allVerbs],
  ["opi:backend:MallocVolume", undefined, "mallocVolumes/{volume}", allVerbs],
  ["opi:backend:AioVolume", undefined, "aioVolumes/{volume}", allVerbs],
  ["opi:middleend:EncryptedVolume", undefined, "encryptedVolumes/{volume}", allVerbs],
  ["opi:middleend:QosVolume", undefined, "qosVolumes/{volume}", allVerbs],
  [
    "opi:backend:NvmeRemoteNamespace",
    "NvmeRemoteController",
    "nvmeRemoteControllers/{controller}/nvmeRemoteNamespaces/{namespace}",
    ["get", "list"],
  ],
  ["opi:inventory:Inventory", undefined, "inventory/{device}/inventory/{inventory}", ["get"]],
])("%s has its parent, pattern and verbs", (token, parent, pattern, verbs) => {
  const type = typeByToken(token);
  expect([type.parent?.noun, type.pattern, Object.keys(type.methods)]).toEqual([parent, pattern, verbs]);
  expect(type.readOnly).toBe(!verbs.includes("create"));
  expect(type.area).toBe(token.split(":")[1]);
  expect(typeByNoun(type.noun)).toBe(type);
});

test("there are sixteen types and no more", () => {
  expect(catalogue.types).toHaveLength(16);
  expect(catalogue.types.filter(({ readOnly }) => readOnly).map(({ noun }) => noun)).toEqual([
    "NvmeRemoteNamespace",
    "Inventory",
  ]);
});

test("the generated module is what the builder makes of the descriptors now", () => {
  // JSON leaves out what is undefined, as the generated module does.
  expect(JSON.parse(JSON.stringify(buildCatalogue(set)))).toEqual(JSON.parse(JSON.stringify(catalogue)));
});

test("a spec dissolves into inputs and a status into outputs", () => {
  const { fields } = typeByNoun("NvmeSubsystem");
  expect(fields.filter(({ behavior }) => behavior === "output").map(({ name }) => name)).toContain("firmwareRevision");
  const nqn = fields.find(({ name }) => name === "nqn");
  expect(nqn).toMatchObject({
    path: "spec.nqn",
    property: "nqn",
    behavior: "required",
    format: "nqn",
    immutable: true,
  });
});

test("wrappers are plain values with presence, and oneofs know their members", () => {
  const { fields } = typeByNoun("NvmeController");
  const pcie = fields.find(({ name }) => name === "pcieId");
  expect(pcie).toMatchObject({ kind: "message", oneof: "endpoint", presence: true });
  expect(pcie?.fields?.find(({ name }) => name === "portId")).toMatchObject({ kind: "int32", presence: true });
  expect(fields.filter(({ oneof }) => oneof === "endpoint").map(({ name }) => name)).toEqual(["pcieId", "fabricsId"]);
});

const allFields = (fields: readonly Field[]): readonly Field[] =>
  fields.flatMap((field) => [field, ...allFields(field.fields ?? [])]);
const pathsOf = (rule: Rule): readonly string[] =>
  Object.entries(rule).flatMap(([key, path]) => (key === "kind" || path === undefined ? [] : [path]));

test.each(catalogue.types.map((type) => [type.noun, type] as const))(
  "%s: everything its entry refers to exists, and everything is described",
  (_, type: ResourceType) => {
    const fields = allFields(type.fields);
    const properties = fields.map(({ property }) => property);
    expect(new Set(properties).size).toBe(properties.length);
    for (const path of type.rules.flatMap(pathsOf)) expect(properties).toContain(path);
    for (const noun of fields.flatMap(({ references }) => references ?? [])) expect(typeByNoun(noun).noun).toBe(noun);
    for (const field of fields) {
      if (field.kind === "enum") expect(enumByName(field.type ?? "").values.length).toBeGreaterThan(1);
      expect([field.property, field.doc]).not.toEqual([field.property, ""]);
    }
    expect(type.doc).not.toBe("");
    const holders = ["create", "update"] as const;
    for (const verb of holders) if (type.methods[verb]) expect(type.methods[verb]).toHaveProperty("body");
    if (type.methods.create) expect(type.methods.create).toHaveProperty("id");
    if (type.methods.list) expect(type.methods.list).toHaveProperty("items");
  },
);

test("every enum's values begin with its prefix, so that short forms are unambiguous", () => {
  for (const { values, prefix } of Object.values(catalogue.enums)) {
    expect(values.filter(({ name }) => !name.startsWith(prefix))).toEqual([]);
  }
});

test("secrets are marked, and nothing else", () => {
  const secrets = catalogue.types.flatMap((type) =>
    allFields(type.fields)
      .filter(({ secret }) => secret)
      .map(({ property }) => `${type.noun}.${property}`),
  );
  expect(secrets.sort()).toEqual(["EncryptedVolume.key", "NvmeRemoteController.tcp.psk", "NvmeSubsystem.psk"]);
});

test("an overlay that names no field fails and says so", () => {
  const name = "opi_api.storage.v1.NullVolume";
  const types = { ...overlay, [name]: { fields: { ...overlay[name]?.fields, blokSize: { minimum: 1 } } } };
  expect(() => buildCatalogue(set, { types, readOnly: readOnlyMessages })).toThrow(
    /NullVolume names no field: blokSize/,
  );
});

test("what the contract has not is refused by name", () => {
  expect(() => typeByToken("opi:backend:RaidVolume")).toThrow("opi:backend:RaidVolume");
  expect(() => typeByNoun("RaidVolume")).toThrow("RaidVolume");
  expect(() => enumByName("opi_api.storage.v1.RaidLevel")).toThrow("RaidLevel");
});
