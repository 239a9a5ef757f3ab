import type { DescMessage, DescMethod } from "@bufbuild/protobuf";

import { NamePattern } from "../aip/resource-name";
import { behaviorOf, constantParentOf, messageDescriptor, resourceOf, serviceDescriptor } from "./descriptors";

/** A method of the contract, with the names its request and response use for what the generic code handles. */
export interface ResourceMethod {
  /** As in the generated service definition: `createNullVolume`. */
  readonly local: string;
  /** Field of the request that holds the resource, as the wire and the generated code call it. */
  readonly resourceField: string;
  readonly resourceLocal: string;
  /** Field of a create request that holds the wished id. */
  readonly idField: string;
  readonly idLocal: string;
}

export interface ListMethod {
  readonly local: string;
  /** Field of the response that holds the objects. */
  readonly itemsLocal: string;
  /** What `parent` must be where it is a constant of the contract. */
  readonly constantParent: string | undefined;
}

/** What descriptors say about one resource type: its names and the methods that manage it. */
export interface ResourceContract {
  readonly type: string;
  readonly pattern: NamePattern;
  readonly create: ResourceMethod;
  readonly update: ResourceMethod;
  readonly list: ListMethod;
  readonly get: { readonly local: string };
  readonly delete: { readonly local: string };
  readonly stats: { readonly local: string };
}

export function resourceContract(type: string, service: string): ResourceContract {
  const message = messageDescriptor(type);
  const annotation = resourceOf(message);
  const pattern = annotation?.pattern[0];
  if (annotation === undefined || pattern === undefined) throw new Error(`${type} has no resource pattern`);
  const methods = serviceDescriptor(service).methods;
  const method = (verb: string, noun: string): DescMethod => {
    const found = methods.find((each) => each.name === verb + noun);
    if (found === undefined) throw new Error(`${service} has no method ${verb}${noun}`);
    return found;
  };
  const plural = annotation.plural.charAt(0).toUpperCase() + annotation.plural.slice(1);
  const list = method("List", plural);
  return {
    type,
    pattern: new NamePattern(pattern),
    create: resourceMethod(method("Create", message.name), message),
    update: resourceMethod(method("Update", message.name), message),
    list: {
      local: list.localName,
      itemsLocal: fieldOf(list.output, message).localName,
      constantParent: constantParentOf(list),
    },
    get: { local: method("Get", message.name).localName },
    delete: { local: method("Delete", message.name).localName },
    stats: { local: method("Stats", message.name).localName },
  };
}

function resourceMethod(method: DescMethod, message: DescMessage): ResourceMethod {
  const resource = fieldOf(method.input, message);
  const id = method.input.fields.find((field) => field.name === `${resource.name}_id`);
  return {
    local: method.localName,
    resourceField: resource.name,
    resourceLocal: resource.localName,
    idField: id?.name ?? "",
    idLocal: id?.localName ?? "",
  };
}

function fieldOf(container: DescMessage, message: DescMessage): DescMessage["fields"][number] {
  const found = container.fields.find(
    (field) => field.message?.typeName === message.typeName && !behaviorOf(field).output,
  );
  if (found === undefined) throw new Error(`${container.typeName} has no field of type ${message.typeName}`);
  return found;
}
