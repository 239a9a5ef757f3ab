import * as pulumi from "@pulumi/pulumi";

/** Which properties of an object are secrets; nested for objects that only hold some. */
export interface SecretNames {
  readonly [property: string]: true | SecretNames;
}

/**
 * Makes secrets of these properties, whether or not the program says so, and leaves what stands beside them readable.
 * Where an object comes as an output, nothing is known of what is in it, and all of it becomes a secret.
 */
export function hideSecrets(inputs: Readonly<Record<string, unknown>>, names: SecretNames): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(inputs).map(([property, value]) => {
      const secret = names[property];
      if (secret === undefined || value === undefined || value === null) return [property, value];
      return [property, secret !== true && isPlain(value) ? hideSecrets(value, secret) : pulumi.secret(value)];
    }),
  );
}

/** Whether an input is an object whose properties can be seen before the program has run. */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !pulumi.Output.isInstance(value) &&
    !(value instanceof Promise)
  );
}
