/** One thing wrong with a configuration. Reasons never hold keys, tokens or other secret values. */
export interface ConfigFailure {
  /** Property path, such as `agent.tls.cert`. */
  readonly property: string;
  readonly reason: string;
}
