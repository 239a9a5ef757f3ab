import type { Phase } from "./rpc/verb";
import type { SpdkVersionName } from "./state";
import type { VersionMethods } from "./versions/methods";
import { METHODS_24_05 } from "./versions/methods-24.05";
import { METHODS_26_05 } from "./versions/methods-26.05";

const METHODS: Readonly<Record<SpdkVersionName, VersionMethods>> = {
  "24.05": METHODS_24_05,
  "26.05": METHODS_26_05,
};

/** What the simulator can be. */
export const SIMULATED_VERSIONS = Object.keys(METHODS) as readonly SpdkVersionName[]; // its keys are of this type

export interface MethodFilter {
  /** Only verbs that may be called now: after initialization, or before it. */
  readonly callable?: "startup" | "runtime";
  /** Also the old names of renamed verbs. */
  readonly aliases?: boolean;
}

/** The names a version's rpc_get_methods lists. */
export function methodsOf(version: SpdkVersionName, { callable, aliases }: MethodFilter = {}): string[] {
  return METHODS[version]
    .filter(([phase]) => {
      if (phase === "alias") return aliases === true;
      return callable === undefined || phase === "any" || phase === callable;
    })
    .map(([, name]) => name);
}

/** Every name a version answers to, old names included, and when it may be called. */
export function phasesOf(version: SpdkVersionName): (readonly [string, Phase])[] {
  return METHODS[version].map(([phase, name]) => [name, phase === "alias" ? "runtime" : phase] as const);
}

export function isSimulatedVersion(version: string): version is SpdkVersionName {
  return Object.hasOwn(METHODS, version);
}
