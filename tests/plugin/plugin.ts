import * as pulumi from "@pulumi/pulumi";
import { resolve } from "node:path";
import { typeByNoun } from "../../provider/catalogue";
import type { StackOptions } from "../engine/stack";

/** Where the built plugin's executable is: `plugins.providers` of Pulumi.yaml takes its folder. */
export const pluginFolder = resolve(__dirname, "../../dist/provider/plugin");

/** Stacks that find the plugin, and an agent for its default provider. */
export function withPlugin(address?: string, options: StackOptions = {}): StackOptions {
  return {
    ...options,
    plugins: [{ name: "opi", path: pluginFolder }],
    config: { ...(address === undefined ? {} : { "opi:address": address }), ...options.config },
  };
}

/** A resource of a type that is only known by its noun, as an SDK would register it. */
export class OpiResource extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;

  constructor(noun: string, name: string, args: pulumi.Inputs, options?: pulumi.CustomResourceOptions) {
    const type = typeByNoun(noun);
    // Properties that only the agent fills must be named, or the SDK does not make outputs of them.
    const parent = type.parent ? [type.parent.property] : [];
    const outputs = Object.fromEntries(
      ["name", "resourceId", ...parent, ...type.fields.map((f) => f.name)].map((n) => [n, undefined]),
    );
    super(type.token, name, { ...outputs, ...args }, options);
  }
}

export class OpiProvider extends pulumi.ProviderResource {
  constructor(name: string, args: pulumi.Inputs, options?: pulumi.ResourceOptions) {
    super("opi", name, args, options);
  }
}
