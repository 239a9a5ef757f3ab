import * as pulumi from "@pulumi/pulumi";
import type * as client from "pulumi-opi/client";
import { typeByNoun } from "pulumi-opi/client";

/** What a volume is made of. */
export interface PlainInputs {
  readonly address: string;
  readonly id: string;
  readonly blockSize: number;
  readonly blocksCount: number;
}

/** Captured: whatever a life-cycle function uses from outside of itself becomes part of the serialized provider. */
const volume = typeByNoun("NullVolume");

/** gRPC can only be required: Pulumi's serializer fails on what is inside (RESULTS.md, `dynamic`). */
// eslint-disable-next-line @typescript-eslint/no-require-imports
const opi = (): typeof client => require("pulumi-opi/client") as typeof client;

/**
 * The least that the life cycle of a null volume needs, as Pulumi's guides write dynamic providers. It checks nothing and
 * reads nothing back, so it does less for each resource than the one it is compared with.
 */
const provider: pulumi.dynamic.ResourceProvider<PlainInputs, PlainInputs> = {
  async check(_olds, news) {
    return { inputs: news, failures: [] };
  },
  async diff(_id, olds, news) {
    const replaces = (["address", "id", "blockSize"] as const).filter((property) => olds[property] !== news[property]);
    return { changes: replaces.length > 0 || olds.blocksCount !== news.blocksCount, replaces };
  },
  async create(inputs) {
    const body = { blockSize: BigInt(inputs.blockSize), blocksCount: BigInt(inputs.blocksCount) };
    const made = await opi().connect({ address: inputs.address }).create(volume, { id: inputs.id, body });
    return { id: String(made.name), outs: inputs };
  },
  async update(_id, _olds, news) {
    return { outs: news };
  },
  async delete(id, inputs) {
    await opi().connect({ address: inputs.address }).delete(volume, id);
  },
};

export class PlainVolume extends pulumi.dynamic.Resource {
  constructor(name: string, args: PlainInputs) {
    super(provider, name, { ...args });
  }
}
