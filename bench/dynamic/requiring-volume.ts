import * as pulumi from "@pulumi/pulumi";
import type * as whole from "pulumi-opi/dynamic/provider";

type Properties = Parameters<typeof whole.create>[0];

// eslint-disable-next-line @typescript-eslint/no-require-imports
const opi = (): typeof whole => require("pulumi-opi/dynamic/provider") as typeof whole;

/** This package's own life cycle, but with the functions that require it serialized by Pulumi. */
const provider: pulumi.dynamic.ResourceProvider<Properties, Properties> = {
  check: (olds, news) => opi().check(olds, news),
  diff: (id, olds, news) => opi().diff(id, olds, news),
  create: (inputs) => opi().create(inputs),
  update: (id, olds, news) => opi().update(id, olds, news),
  delete: (id, outputs) => opi().delete(id, outputs),
};

/** The same object to the provider as `backend.NullVolume`. */
export class RequiringVolume extends pulumi.dynamic.Resource {
  constructor(
    name: string,
    args: { readonly address: string; readonly blockSize: number; readonly blocksCount: number },
  ) {
    const { address, ...own } = args;
    super(provider, name, { ...own, agent: { address }, __resource: { type: "opi:backend:NullVolume", name } });
  }
}
