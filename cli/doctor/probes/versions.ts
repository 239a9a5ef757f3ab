import type { Capabilities } from "../../../provider/client";

/** What the agent says of itself by opi_ext.agent.v1; absent where it has no such call, or says nothing. */
export interface Versions {
  readonly agent?: string;
  readonly agentVersion?: string;
  /** Version of the storage process behind it, SPDK's. */
  readonly storageVersion?: string;
  /** Stable identity of the device. */
  readonly identity?: string;
  /** Packages of the contract that it serves, such as `opi_api.storage.v1`. */
  readonly contract: readonly string[];
}

export function versionsOf(said: Capabilities | undefined, services: readonly string[]): Versions {
  const { agent, agentVersion, storageVersion, identity } = said ?? {};
  const named = { agent, agentVersion, storageVersion, identity };
  const packages = services
    .filter((name) => name.startsWith("opi_"))
    .map((name) => name.slice(0, name.lastIndexOf(".")));
  return {
    ...Object.fromEntries(Object.entries(named).filter(([, text]) => text)),
    contract: [...new Set(packages)].sort(),
  };
}
