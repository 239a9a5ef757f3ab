import { CheckFailure } from "@pulumi/pulumi/proto/provider_pb";
import type { Failure } from "../../lifecycle";

/**
 * Failures as the engine takes them. It prints the value of the input that a failure names, in clear when the program
 * gave it in plain; the quoted spelling of a path (`["psk"]`) names the same property, and no input by that very key.
 *
 * @param isShown whether the value of the property may be printed
 */
export function checkFailures(
  failures: readonly Failure[],
  isShown: (property: string) => boolean,
): readonly CheckFailure[] {
  return failures.map(({ property, reason }) => {
    const path = property === "" || property.includes(".") || isShown(property) ? property : `["${property}"]`;
    return new CheckFailure().setProperty(path).setReason(reason);
  });
}
