import type { Capabilities } from "../../provider/wire/opi_ext/agent/v1/capabilities";
import { version } from "../../package.json";
import type { AnyKind, Refusal } from "../kinds/kind";
import { SUPPORTED_CIPHERS } from "../kinds/cipher";
import type { Spdk } from "../kinds/spdk";
import { serviceDefinitions } from "./services";

/** A client that asks first thing must not wait long for an SPDK that is down. */
const PATIENCE_MS = 1_000;

/** What clients must know before they plan (opi_ext). Answers while SPDK is down: then the storage version is empty. */
export async function capabilities(spdk: Spdk, kinds: readonly AnyKind[], identity: string): Promise<Capabilities> {
  const storage = await spdk.version({ timeoutMs: PATIENCE_MS }).catch(() => undefined);
  const applies = ({ until }: Refusal): boolean => {
    if (until === undefined || storage === undefined) return true;
    const { major, minor } = storage.fields;
    return major < until[0] || (major === until[0] && minor <= until[1]);
  };
  return {
    dialect: "standard",
    agent: "pulumi-opi",
    agentVersion: version,
    storageVersion: storage?.version ?? "",
    identity,
    services: Object.keys(serviceDefinitions).map((name) => ({ name, unimplemented: [], reason: "" })),
    ciphers: [...SUPPORTED_CIPHERS],
    unsupportedFields: kinds.flatMap((kind) =>
      kind.refusals.filter(applies).map(({ path, reason }) => ({ message: kind.type, path, reason })),
    ),
    concurrentWrites: true,
  };
}
