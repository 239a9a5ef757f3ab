import type * as pulumi from "@pulumi/pulumi";
import { create } from "../../dynamic/types/instances";
import type { StackOptions } from "../../engine/stack";
import { OpiResource, withPlugin } from "../plugin";

/** One way in which users meet the life cycle. */
export interface Face {
  readonly face: "plugin" | "dynamic resources";
  /** What a stack needs to reach the agent. */
  options(address: string): StackOptions;
  create(noun: string, name: string, inputs: pulumi.Inputs, address: string): { readonly name: pulumi.Output<string> };
}

export const faces: readonly Face[] = [
  {
    face: "plugin",
    options: (address) => withPlugin(address),
    create: (noun, name, inputs) => new OpiResource(noun, name, inputs),
  },
  {
    face: "dynamic resources",
    options: () => ({}),
    create: (noun, name, inputs, address) => create(noun, name, { ...inputs, agent: { address } }),
  },
];
