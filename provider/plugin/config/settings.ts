import { holdsUnknown, isProperties, UNKNOWN } from "../../catalogue/values/property";
import type { Properties, PropertyValue } from "../../catalogue/values/property";
import { configFromEnvironment, sameAddress } from "../../client";
import type { AgentConfig } from "../../client";
import type { Failure } from "../../lifecycle";
import { closest } from "../../lifecycle/check/spelling";
import { FROM_ENVIRONMENT, isGroup, isOfTheEngine, KEYS, variableOf } from "./keys";

export interface Settings {
  /** Free of the environment; `checkConfig` vouches for its form. */
  readonly given: Partial<AgentConfig>;
  readonly failures: readonly Failure[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The provider's inputs as settings. Unknown ones count as not given. */
export function settingsOf(inputs: Properties): Settings {
  const failures: Failure[] = [];
  const variables: Record<string, string> = {};
  const groups: Record<string, Properties> = {};
  for (const [key, value] of Object.entries(inputs)) {
    if (isOfTheEngine(key) || value === undefined || value === UNKNOWN) continue;
    if (!KEYS.includes(key)) {
      const meant = closest(key, KEYS);
      const hint = meant === undefined ? `the provider takes ${KEYS.join(", ")}` : `did you mean ${meant}?`;
      failures.push({ property: key, reason: `the provider has no such setting; ${hint}` });
    } else if (isGroup(key)) {
      const group = objectOf(value);
      if (group) groups[key] = group;
      else failures.push({ property: key, reason: "is an object, or the JSON text of one" });
    } else if (typeof value === "object") {
      failures.push({ property: key, reason: "is a single value" });
    } else {
      variables[variableOf(key)] = String(value);
    }
  }
  const scalars = configFromEnvironment(variables);
  // The groups hold what a program without types wrote; checkConfig tells what in it is wrong.
  const given = {
    ...scalars,
    ...merged("tls", scalars, groups),
    ...merged("metadata", scalars, groups),
    ...merged("deadlines", scalars, { ...groups, deadlines: numbers(groups.deadlines) }),
  } as Partial<AgentConfig>;
  return { given, failures };
}

/**
 * Settings with what the environment adds to them: all of it, when no address is given. An address that a program or a
 * stack gives is never mixed with settings from elsewhere: they could be another agent's credentials.
 */
export function withEnvironment(given: Partial<AgentConfig>, env: Environment): Partial<AgentConfig> {
  return given.address === undefined ? { ...configFromEnvironment(env), ...given } : given;
}

/** What the provider runs with, by the inputs that the state keeps of it. */
export function configOf(inputs: Properties, env: Environment): AgentConfig {
  const { given } = settingsOf(inputs);
  const own: AgentConfig = { ...given, address: given.address ?? "" };
  if (inputs[FROM_ENVIRONMENT] === undefined) return own;
  const ambient = configFromEnvironment(env);
  const isSameAgent = ambient.address === undefined || sameAddress(ambient.address, own.address);
  return isSameAgent ? { ...ambient, ...own } : own;
}

/** Settings as a value that two runs are compared by. */
export function comparable(inputs: Properties): Properties {
  const { given } = settingsOf(inputs);
  // Settings are JSON; what is not known yet stays so.
  const unknown = Object.entries(inputs).filter(([, value]) => holdsUnknown(value));
  return { ...(given as Properties), ...Object.fromEntries(unknown) };
}

function objectOf(value: PropertyValue): Properties | undefined {
  if (isProperties(value)) return value;
  if (typeof value !== "string") return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return isProperties(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function merged(
  group: "tls" | "metadata" | "deadlines",
  scalars: Partial<AgentConfig>,
  groups: Readonly<Record<string, Properties | undefined>>,
): Properties {
  const parts = [scalars[group] as Properties | undefined, groups[group]].filter((part) => part !== undefined);
  // An empty tls object asks for TLS with nothing of its own.
  return parts.length === 0 ? {} : { [group]: Object.assign({}, ...parts) as Properties };
}

/** Stack configuration is text through and through. */
function numbers(group: Properties | undefined): Properties | undefined {
  return (
    group &&
    Object.fromEntries(
      Object.entries(group).map(([key, value]) => [
        key,
        typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)) ? Number(value) : value,
      ]),
    )
  );
}
