import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { FieldDescriptorProto_Label, FieldDescriptorProto_Type, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import type { DescriptorProto, FieldDescriptorProto, FileDescriptorProto } from "@bufbuild/protobuf/wkt";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { compiledFacts, differences, normalForm } from "./facts";
import type { Facts } from "./facts";

const root = join(__dirname, "..", "..");
const compiled = readFileSync(join(root, "provider", "wire", "descriptors.binpb"));
const wire = JSON.parse(gunzipSync(readFileSync(join(root, "tests", "data", "opi-wire.json.gz"))).toString()) as {
  readonly files: unknown;
};
const contract = normalForm(wire.files);

test("the compiled descriptors say what OPI's contract says: nothing less, nothing more, nothing else", () => {
  expect(differences(contract, compiledFacts(compiled))).toEqual([]);
});

test("the contract is all of OPI: 13 files, 153 messages, 88 methods", () => {
  const files = Object.values(compiledFacts(compiled)) as readonly Facts[];
  const inAll = (key: string) => files.flatMap((file) => Object.values((file[key] ?? {}) as Facts)) as readonly Facts[];
  expect({
    files: files.length,
    messages: inAll("messages").length,
    methods: inAll("services").reduce((total, { methods }) => total + Object.keys(methods as Facts).length, 0),
  }).toEqual({ files: 13, messages: 153, methods: 88 });
});

describe("each kind of change to the contract is noticed", () => {
  const fileNamed = (files: readonly FileDescriptorProto[], name: string): FileDescriptorProto => {
    const found = files.find((file) => file.name.endsWith(`/${name}.proto`));
    if (!found) throw new Error(`no file ${name}`);
    return found;
  };
  const messageNamed = (file: FileDescriptorProto, name: string): DescriptorProto => {
    const found = file.messageType.find((message) => message.name === name);
    if (!found) throw new Error(`no message ${name}`);
    return found;
  };
  const fieldNamed = (message: DescriptorProto, name: string): FieldDescriptorProto => {
    const found = message.field.find((field) => field.name === name);
    if (!found) throw new Error(`no field ${name}`);
    return found;
  };

  function after(change: (files: FileDescriptorProto[]) => void): readonly string[] {
    const set = fromBinary(FileDescriptorSetSchema, compiled);
    change(set.file);
    return differences(contract, compiledFacts(toBinary(FileDescriptorSetSchema, set)));
  }
  const nullVolume = (files: FileDescriptorProto[]) => messageNamed(fileNamed(files, "backend_null"), "NullVolume");
  const nvme = (files: FileDescriptorProto[], name: string) => messageNamed(fileNamed(files, "frontend_nvme"), name);

  test.each<readonly [string, RegExp, (files: FileDescriptorProto[]) => void]>([
    [
      "a field's number",
      /NullVolume.*uuid\/number: 4 .* 44/,
      (files) => (fieldNamed(nullVolume(files), "uuid").number = 44),
    ],
    [
      "a field's type",
      /blocks_count\/type: "int64" .* "int32"/,
      (files) => (fieldNamed(nullVolume(files), "blocks_count").type = FieldDescriptorProto_Type.INT32),
    ],
    ["a field's name", /uuid2/, (files) => (fieldNamed(nullVolume(files), "uuid").name = "uuid2")],
    [
      "a field more",
      /NullVolume\/fields\/extra: nothing/,
      (files) => {
        const { field } = nullVolume(files);
        field.push({ ...fieldNamed(nullVolume(files), "uuid"), name: "extra", jsonName: "extra", number: 99 });
      },
    ],
    ["a field less", /uuid: .* nothing/, (files) => nullVolume(files).field.splice(3, 1)],
    [
      "a field's annotations",
      /name\/field_behavior/,
      (files) => (fieldNamed(nullVolume(files), "name").options = undefined),
    ],
    [
      "a reference",
      /DeleteNullVolumeRequest\/fields\/name\/resource_reference/,
      (files) =>
        (fieldNamed(messageNamed(fileNamed(files, "backend_null"), "DeleteNullVolumeRequest"), "name").options =
          undefined),
    ],
    ["a resource's pattern", /NullVolume\/resource/, (files) => (nullVolume(files).options = undefined)],
    [
      "a oneof",
      /NvmeControllerSpec\/fields\/pcie_id\/oneof/,
      (files) => (fieldNamed(nvme(files, "NvmeControllerSpec"), "pcie_id").oneofIndex = 1),
    ],
    [
      "a list",
      /nvme_subsystems\/repeated/,
      (files) =>
        (fieldNamed(nvme(files, "ListNvmeSubsystemsResponse"), "nvme_subsystems").label =
          FieldDescriptorProto_Label.OPTIONAL),
    ],
    [
      "a nested enum's value",
      /NvmeNamespaceStatus\/enums\/State\/values\/STATE_ENABLED: 2 .* 22/,
      (files) => (nvme(files, "NvmeNamespaceStatus").enumType[0].value[2].number = 22),
    ],
    [
      "an enum's value",
      /NVME_TRANSPORT_TYPE_FC/,
      (files) =>
        (fileNamed(files, "opicommon").enumType.find(({ name }) => name === "NvmeTransportType")!.value[1].number = 77),
    ],
    [
      "a method less",
      /DeleteNullVolume: .* nothing/,
      (files) => fileNamed(files, "backend_null").service[0].method.splice(1, 1),
    ],
    [
      "a method's answer",
      /CreateNullVolume\/response/,
      (files) => (fileNamed(files, "backend_null").service[0].method[0].outputType = ".google.protobuf.Empty"),
    ],
    [
      "a method's binding and signature",
      /CreateNullVolume\/(http|signature)/,
      (files) => (fileNamed(files, "backend_null").service[0].method[0].options = undefined),
    ],
    [
      "a stream",
      /CreateNullVolume\/streaming/,
      (files) => (fileNamed(files, "backend_null").service[0].method[0].serverStreaming = true),
    ],
    [
      "a message more",
      /\/messages\/Extra/,
      (files) => fileNamed(files, "backend_null").messageType.push({ ...nullVolume(files), name: "Extra" }),
    ],
    [
      "a file less",
      /backend_iscsi\.proto/,
      (files) => files.splice(files.indexOf(fileNamed(files, "backend_iscsi")), 1),
    ],
  ])("%s", (_, expected, change) => {
    const found = after(change);
    expect(found.length).toBeGreaterThan(0);
    expect(found.join("\n")).toMatch(expected);
  });
});
