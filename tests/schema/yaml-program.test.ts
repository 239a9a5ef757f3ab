import { readFileSync } from "node:fs";
import { join } from "node:path";
import { examples } from "../../provider/schema/examples";
import { languages } from "../../provider/schema/program";
import { parsed, troubles } from "./yaml-program";

// Pulumi's YAML language host cannot be had from a package registry, so these programs are judged by the schema.

test("the YAML example asks for nothing that the schema has not", () => {
  const text = readFileSync(join(__dirname, "../../examples/yaml/Pulumi.yaml"), "utf8");
  expect(troubles(parsed(text))).toEqual([]);
});

const write = languages.find(([name]) => name === "yaml")?.[1];
const programs = Object.entries(examples).flatMap(([noun, own]) =>
  own.map((each) => [noun, each.title, each] as const),
);

test.each(programs)("nor does the one of %s: %s", (_noun, _title, { program }) => {
  if (!write) throw new Error("no programs in YAML");
  expect(troubles(parsed(write(program)))).toEqual([]);
});

test("a program that is wrong is told from one that is right", () => {
  const text = readFileSync(join(__dirname, "../../examples/yaml/Pulumi.yaml"), "utf8");
  const wrong = text
    .replace("blockSize: 512", "blockSize: large")
    .replace("${encrypted.name}", "${encrypted.title}")
    .replace("trtype: pcie", "transport: pcie")
    .replace("opi:frontend:NvmeSubsystem", "opi:frontend:Subsystem");
  expect(troubles(parsed(wrong)).toSorted()).toEqual([
    "disk.nvmeSubsystem refers to tenant.name, which its type has not",
    "disk.volumeNameRef refers to encrypted.title, which its type has not",
    "scratch.blockSize is a string, not a number",
    "tenant: there is no type opi:frontend:Subsystem",
    "virtualFunction.nvmeSubsystem refers to tenant.name, which its type has not",
    "virtualFunction.transport is no property",
    "virtualFunction.trtype is missing",
  ]);
});
