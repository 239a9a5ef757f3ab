import type { Capabilities } from "../../provider/wire/opi_ext/agent/v1/capabilities";
import { version } from "../../package.json";
import type { AnyKind } from "../kinds/kind";
import { SUPPORTED_CIPHERS } from "../kinds/cipher";
import type { Spdk } from "../kinds/spdk";
import { serviceDefinitions } from "./services";

/** What clients must know before they plan (opi_ext). Answers while SPDK is down: then the storage version is empty. */
export async function capabilities(spdk: Spdk, kinds: readonly AnyKind[], identity: string): Promise<Capabilities> {
  const storage = await spdk.version().catch(() => undefined);
  return {
    dialect: "standard",
    agent: "pulumi-opi",
    agentVersion: version,
    storageVersion: storage?.version ?? "",
    identity,
    services: Object.keys(serviceDefinitions).map((name) => ({ name, unimplemented: [], reason: "" })),
    ciphers: [...SUPPORTED_CIPHERS],
    unsupportedFields: kinds.flatMap((kind) => kind.refusals.map((refusal) => ({ message: kind.type, ...refusal }))),
    concurrentWrites: true,
  };
}
