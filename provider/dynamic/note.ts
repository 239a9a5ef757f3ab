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
  /** The resource option of that name; see `forcedReplacements`. */
  readonly replaceOnChanges?: readonly string[];
}

/** @throws Error when the properties are none of this package's resources */
export function noteOf(properties: EngineProperties): Note {
  const note = properties[NOTE] as Partial<Note> | undefined;
  if (typeof note?.type === "string" && typeof note.name === "string") {
    return { type: note.type, name: note.name, replaceOnChanges: note.replaceOnChanges };
  }
  throw new Error(`these properties belong to no pulumi-opi resource: ${NOTE} is missing`);
}

/** The properties that are the resource's own. */
export function ownProperties(properties: EngineProperties): EngineProperties {
  const { [NOTE]: _note, [PROVIDER]: _provider, [AGENT]: _agent, ...own } = properties;
  return own;
}

/**
 * Which of the changed property paths the user wants a new object for. The engine does this by the list of changed
 * properties, which dynamic providers cannot give it.
 */
export function forcedReplacements({ replaceOnChanges = [] }: Note, changed: readonly string[]): readonly string[] {
  const isWithin = (inner: string, outer: string): boolean => inner === outer || inner.startsWith(`${outer}.`);
  return changed.filter((path) =>
    replaceOnChanges.some((wanted) => wanted === "*" || isWithin(path, wanted) || isWithin(wanted, path)),
  );
}
