/** One thing wrong with a configuration. Reasons never hold keys, tokens or other secret values. */
export interface ConfigFailure {
  /** Property path, such as `agent.tls.cert`. */
  readonly property: string;
  readonly reason: string;
}

/** The path of a property below another; the topmost has no name. */
export function below(property: string, name: string): string {
  return property === "" ? name : `${property}.${name}`;
}
