import * as pulumi from "@pulumi/pulumi";
import { typeByToken } from "../catalogue";
import type { Field } from "../catalogue";
import { resolveAgent } from "./agent";
import type { AgentArgs } from "./agent";
import { AGENT, NOTE, PROVIDER, SERIALIZED_PROVIDER } from "./note";
import { hideSecrets } from "./secrets";
import type { SecretNames } from "./secrets";

/** Inputs that every resource takes beside its own. */
export interface ResourceArgs {
  /**
   * Last segment of the resource name: lower-case letters, digits and hyphens, a letter first, 4 to 63 characters, no
   * UUID. Left out, it is the name of the Pulumi resource and 7 random hexadecimal digits. Changing it replaces.
   */
  resourceId?: pulumi.Input<string>;
  /** Takes over an object of that id that is there already, when it equals the wish in all that its agent reports. */
  adopt?: pulumi.Input<boolean>;
  /** The agent the resource lives on; left out, the project's configuration and the environment say which. */
  agent?: pulumi.Input<AgentArgs>;
}

/** What `get` needs beside the name of the object. */
export interface GetArgs {
  agent?: pulumi.Input<AgentArgs>;
}

/**
 * A dynamic resource of any type of the catalogue. It is a `pulumi.dynamic.Resource` to the engine, but hands over the
 * provider's code itself: Pulumi's serializer would put a copy of it, which changes with each compiler, into the state.
 */
export abstract class OpiResource extends pulumi.CustomResource {
  /** The full resource name, as the agent spells it. */
  declare readonly name: pulumi.Output<string>;
  declare readonly resourceId: pulumi.Output<string>;

  protected constructor(
    token: string,
    name: string,
    args: ResourceArgs | undefined,
    options: pulumi.CustomResourceOptions | undefined,
  ) {
    const type = typeByToken(token);
    const secrets = secretsOf(type.fields);
    // Properties that only the agent fills must be named, or the SDK does not make outputs of them.
    const parent = type.parent ? [type.parent.property] : [];
    const outputs = Object.fromEntries(
      ["name", "resourceId", ...parent, ...type.fields.map((field) => field.name)].map((each) => [each, undefined]),
    );
    super(
      `pulumi-nodejs:dynamic/opi/${type.area}:${type.noun}`,
      name,
      {
        ...outputs,
        ...hideSecrets({ ...args }, secrets),
        [AGENT]: resolveAgent(args?.agent),
        [NOTE]: { type: token, name, replaceOnChanges: options?.replaceOnChanges },
        [PROVIDER]: SERIALIZED_PROVIDER,
      },
      {
        ...options,
        additionalSecretOutputs: [
          ...(options?.additionalSecretOutputs ?? []),
          ...Object.keys(secrets).filter((property) => secrets[property] === true),
        ],
      },
    );
  }
}

function secretsOf(fields: readonly Field[]): SecretNames {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const inner = secretsOf(field.fields ?? []);
      const names = field.secret === true || Object.keys(inner).length === 0 ? field.secret : inner;
      return names === undefined ? [] : [[field.name, names] as const];
    }),
  );
}
