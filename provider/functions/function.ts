import type { Properties, PropertyValue } from "../catalogue/values/property";
import type { Agent, CallOptions } from "../client";

/** One function of the provider: it reads from an agent, and never writes. */
export interface OpiFunction {
  /** `opi:frontend:getNvmeSubsystem` */
  readonly token: string;
  /** Arguments by name, all of them texts; whether they are needed. */
  readonly arguments: Readonly<Record<string, "required" | "optional">>;
  /** @throws OpiError when the agent cannot be reached, or has no such object */
  call(agent: Agent, args: Arguments, options: CallOptions): Promise<Properties>;
}

/** Checked arguments. */
export type Arguments = Readonly<Record<string, string | undefined>>;

export interface ArgumentFailure {
  readonly property: string;
  readonly reason: string;
}

/** What is wrong with the arguments of a call, by name. */
export function argumentFailures(
  { arguments: known }: OpiFunction,
  args: Readonly<Record<string, PropertyValue | undefined>>,
): readonly ArgumentFailure[] {
  const missing = Object.entries(known)
    .filter(([name, need]) => need === "required" && args[name] === undefined)
    .map(([property]) => ({ property, reason: "is missing" }));
  const wrong = Object.entries(args).flatMap(([property, value]) => {
    if (value === undefined) return [];
    if (!(property in known)) return [{ property, reason: `is none: ${argumentsInWords(known)}` }];
    return typeof value === "string" && value !== "" ? [] : [{ property, reason: "is a text that is not empty" }];
  });
  return [...missing, ...wrong];
}

function argumentsInWords(known: OpiFunction["arguments"]): string {
  const names = Object.keys(known);
  return names.length === 0 ? "the function takes no arguments" : `the function takes ${names.join(", ")}`;
}
