import type { EngineProperties } from "./values";

/** The internal input that tells the provider what the engine does not: dynamic providers never see a URN. */
export const NOTE = "__resource";
/** The provider's own code, as Pulumi keeps it with every dynamic resource. */
export const PROVIDER = "__provider";
/** The agent the resource lives on. */
export const AGENT = "agent";

/**
 * The code that the state keeps for each dynamic resource, for ever: the provider is required by name when it runs, so
 * that it stays this small, and an upgrade of the package shows no difference. Never change it.
 */
export const SERIALIZED_PROVIDER = 'exports.handler = () => require("pulumi-opi/dynamic/provider");';

export interface Note {
  /** Token of the type, `opi:frontend:NvmeSubsystem`. */
  readonly type: string;
  /** Name of the resource in the program. */
  readonly name: string;
}

/** @throws Error when the properties are none of this package's resources */
export function noteOf(properties: EngineProperties): Note {
  const note = properties[NOTE] as Partial<Note> | undefined;
  if (typeof note?.type === "string" && typeof note.name === "string") return { type: note.type, name: note.name };
  throw new Error(`these properties belong to no pulumi-opi resource: ${NOTE} is missing`);
}

/** The properties that are the resource's own. */
export function ownProperties(properties: EngineProperties): EngineProperties {
  const { [NOTE]: _note, [PROVIDER]: _provider, [AGENT]: _agent, ...own } = properties;
  return own;
}
