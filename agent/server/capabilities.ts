import type { Capabilities, ServiceCapability } from "../../provider/wire/opi_ext/agent/v1/capabilities";
import { version } from "../../package.json";
import type { ResourceContract } from "../contract/resource";
import { SUPPORTED_CIPHERS } from "../kinds/cipher";
import type { AnyKind, Refusal } from "../kinds/kind";
import type { Spdk, SpdkBuild } from "../kinds/spdk";
import { serviceDefinitions } from "./services";
import { unservedBy } from "./verb-guard";

/** A client that asks first thing must not wait long for an SPDK that is down. */
const PATIENCE_MS = 1_000;

/** What clients must know before they plan (opi_ext). Answers while SPDK is down: then the storage version is empty. */
export async function capabilities(
  spdk: Spdk,
  contracts: ReadonlyMap<AnyKind, ResourceContract>,
  identity: string,
): Promise<Capabilities> {
  const build = await spdk.rebuild({ timeoutMs: PATIENCE_MS }).catch(() => undefined);
  return {
    dialect: "standard",
    agent: "pulumi-opi",
    agentVersion: version,
    storageVersion: build?.version.version ?? "",
    identity,
    services: Object.keys(serviceDefinitions).map((name) => service(name, contracts, build)),
    ciphers: [...SUPPORTED_CIPHERS],
    unsupportedFields: [...contracts.keys()].flatMap((kind) =>
      kind.refusals
        .filter((refusal) => applies(refusal, build))
        .map(({ path, reason }) => ({ message: kind.type, path, reason })),
    ),
    concurrentWrites: true,
  };
}

function service(
  name: string,
  contracts: ReadonlyMap<AnyKind, ResourceContract>,
  build: SpdkBuild | undefined,
): ServiceCapability {
  const unserved = [...contracts].flatMap(([kind, contract]) =>
    kind.service === name && build !== undefined ? unservedBy(build, contract) : [],
  );
  return {
    name,
    unimplemented: unserved.map(({ local }) => local.charAt(0).toUpperCase() + local.slice(1)),
    reason: [...new Set(unserved.map(({ reason }) => reason))].join("; "),
  };
}

/** A field that a newer SPDK, or one that was built otherwise, takes. */
function applies({ until, withoutVerb }: Refusal, build: SpdkBuild | undefined): boolean {
  if (withoutVerb !== undefined) return build !== undefined && !build.verbs.has(withoutVerb);
  if (until === undefined || build === undefined) return true;
  const { major, minor } = build.version.fields;
  return major < until[0] || (major === until[0] && minor <= until[1]);
}
