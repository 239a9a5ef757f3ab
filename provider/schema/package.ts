import { version } from "../../package.json";
import { catalogue } from "../catalogue";
import type { Field } from "../catalogue";
import { capabilitiesSpec, capabilityTypes, entryToken, entryType, functionsOf, inventorySpec } from "./functions";
import { languageSettings } from "./languages";
import { typeToken } from "./named-types";
import { enumsOf, enumType, objectType } from "./property";
import { configVariables, providerSpec, providerTypes } from "./provider";
import { resourceSpec } from "./resource";
import type { EnumSpec, ObjectSpec, PackageSpec } from "./spec";

const REPOSITORY = "https://github.com/opiproject/pulumi-opi";

/** Pulumi's package schema, from the catalogue. */
export function packageSpec(): PackageSpec {
  const managed = catalogue.types.filter(({ readOnly }) => !readOnly);
  const inventory = catalogue.types.filter(({ area }) => area === "inventory");
  return {
    name: "opi",
    displayName: "OPI",
    version,
    description: "Storage of DPUs and IPUs as code, by the OPI Storage API: NVMe, virtio, volumes, encryption and QoS.",
    keywords: ["opi", "dpu", "ipu", "nvme", "spdk", "storage", "category/infrastructure", "kind/native"],
    homepage: REPOSITORY,
    license: "Apache-2.0",
    repository: REPOSITORY,
    publisher: "OPI",
    meta: { supportPack: true },
    language: languageSettings,
    config: { variables: configVariables },
    types: sorted({ ...messageTypes(), ...providerTypes, ...capabilityTypes }),
    provider: providerSpec,
    resources: sorted(Object.fromEntries(managed.map((type) => [type.token, resourceSpec(type)]))),
    functions: sorted({
      ...Object.fromEntries(catalogue.types.flatMap((type) => Object.entries(functionsOf(type)))),
      ...Object.fromEntries(inventory.map((type) => ["opi:inventory:getInventory", inventorySpec(type)])),
      "opi:index:getCapabilities": capabilitiesSpec,
    }),
  };
}

/** Messages and enums that any property uses, and the entries of lists. */
function messageTypes(): Readonly<Record<string, ObjectSpec | EnumSpec>> {
  const types: Record<string, ObjectSpec | EnumSpec> = {};
  for (const type of catalogue.types) {
    const { area, readOnly } = type;
    const fields = [...type.fields, ...type.statistics];
    for (const { type: name = "", fields: inner = [] } of messagesOf(fields)) {
      types[typeToken(area, name)] = objectType(area, `The message \`${name}\`.`, inner, readOnly || undefined);
    }
    for (const each of enumsOf(fields)) types[typeToken(area, each.name)] = enumType(each);
    if (type.methods.list) types[entryToken(type)] = entryType(type);
  }
  return types;
}

function messagesOf(fields: readonly Field[]): readonly Field[] {
  return fields.flatMap((field) => (field.fields ? [field, ...messagesOf(field.fields)] : []));
}

function sorted<T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The text of schema.json. */
export function schemaText(): string {
  return `${JSON.stringify(packageSpec(), null, 2)}\n`;
}
