import type { ResourceType } from "../catalogue";
import { outputProperty } from "./property";
import { outputsOf, parentProperty } from "./resource";
import { exampleName } from "./resource-docs";
import type { FunctionSpec, ObjectSpec, PropertySpec } from "./spec";

const upperFirst = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** The type of a list's entries: beside the resource, whose own name is taken in several languages. */
export function entryToken({ area, noun }: ResourceType): string {
  return `opi:${area}:${noun}Entry`;
}

export function entryType(type: ResourceType): ObjectSpec {
  return {
    description: `One ${type.noun} of a list. ${type.doc}`,
    type: "object",
    ...outputsOf(type, { secrets: false }),
  };
}

/** `get…`, `list…` and `get…Stats` of a type, as far as the contract has the calls. */
export function functionsOf(type: ResourceType): Readonly<Record<string, FunctionSpec>> {
  const { area, noun, plural, methods } = type;
  return {
    ...(methods.get && area !== "inventory" ? { [`opi:${area}:get${noun}`]: getSpec(type) } : {}),
    ...(methods.list ? { [`opi:${area}:list${upperFirst(plural)}`]: listSpec(type) } : {}),
    ...(methods.stats ? { [`opi:${area}:get${noun}Stats`]: statsSpec(type) } : {}),
  };
}

function getSpec(type: ResourceType): FunctionSpec {
  return {
    description: `Reads one ${type.noun} that need not be managed here. ${type.doc} Secrets are not among what is read.`,
    inputs: named(type),
    outputs: { type: "object", ...outputsOf(type, { secrets: false }) },
  };
}

function listSpec(type: ResourceType): FunctionSpec {
  const parent = parentProperty(type);
  const among = parent ? `, of one ${type.parent?.noun ?? ""} or of all` : "";
  const scope: PropertySpec | undefined = parent && {
    ...parent.spec,
    description: `Name of the \`${type.parent?.noun ?? ""}\` whose objects are listed. Left out, those of all.`,
  };
  return {
    description: `Lists every ${type.noun} of the agent${among}: all pages.`,
    inputs: { type: "object", properties: parent && scope ? { [parent.name]: scope } : {} },
    outputs: {
      type: "object",
      properties: {
        [type.plural]: {
          type: "array",
          items: { $ref: `#/types/${entryToken(type)}` },
          description: "The objects, in the agent's order.",
        },
      },
      required: [type.plural],
    },
  };
}

function statsSpec(type: ResourceType): FunctionSpec {
  return {
    description: `Reads the counters of one ${type.noun}.`,
    inputs: named(type),
    outputs: {
      type: "object",
      properties: {
        ...Object.fromEntries(type.statistics.map((field) => [field.name, outputProperty(type.area, field)])),
        saturated: {
          type: "boolean",
          description: "Whether a counter has reached the end of its 32 bits on the wire, so that the truth is larger.",
        },
      },
      required: ["saturated"],
    },
  };
}

function named(type: ResourceType): ObjectSpec {
  const description = `Resource name, such as \`${exampleName(type)}\`.`;
  return { type: "object", properties: { name: { type: "string", description } }, required: ["name"] };
}

/** `getInventory`: the device itself. Every part of it may be missing. */
export function inventorySpec(type: ResourceType): FunctionSpec {
  return {
    description: `Reads what the device is made of. ${type.doc}`,
    inputs: { type: "object", properties: {} },
    outputs: {
      type: "object",
      properties: Object.fromEntries(type.fields.map((field) => [field.name, outputProperty(type.area, field)])),
    },
  };
}

const SERVICE = "opi:index:ServiceCapability";

export const capabilityTypes: Readonly<Record<string, ObjectSpec>> = {
  [SERVICE]: {
    description: "One service of the contract, as the agent serves it.",
    type: "object",
    properties: {
      name: { type: "string", description: "Full name, such as `opi_api.storage.v1.NullVolumeService`." },
      unimplemented: {
        type: "array",
        items: { type: "string" },
        description: "Methods of it that do not work.",
      },
      reason: { type: "string", description: "Why they do not." },
    },
    required: ["name", "unimplemented"],
  },
};

export const capabilitiesSpec: FunctionSpec = {
  description:
    "Tells what the agent is and can do. Agents that have no such call of their own are judged by their dialect.",
  inputs: { type: "object", properties: {} },
  outputs: {
    type: "object",
    properties: {
      dialect: {
        type: "string",
        description: "How the agent deviates from the protocol: `standard`, `spdk-bridge`, …",
      },
      agent: { type: "string", description: "Name of the agent's implementation, when it tells." },
      agentVersion: { type: "string", description: "Version of the agent, when it tells." },
      storageVersion: { type: "string", description: "Version of the storage process behind it, when it tells." },
      identity: { type: "string", description: "Stable identity of the device, when the agent tells." },
      services: {
        type: "array",
        items: { $ref: `#/types/${SERVICE}` },
        description: "Services, with what in them does not work.",
      },
      ciphers: {
        type: "array",
        items: { type: "string" },
        description: "Ciphers that encrypted volumes accept, when the agent tells.",
      },
      concurrentWrites: { type: "boolean", description: "Whether the agent takes several writes at a time." },
    },
    required: ["dialect", "services", "concurrentWrites"],
  },
};
