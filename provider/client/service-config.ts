import type { ResourceType, Verb } from "../catalogue";

/** Calls that change nothing, so that asking twice does no harm. Deletes are not: the second one says NOT_FOUND. */
const SAFE: readonly Verb[] = ["get", "list", "stats"];

/**
 * A gRPC service config (gRFC A6) by which grpc-js itself repeats safe calls that ended UNAVAILABLE, with jittered
 * exponential backoff. Calls that provably never reached the agent it repeats anyway, writes included.
 */
export function serviceConfig(types: readonly ResourceType[], attempts: number): string {
  if (attempts < 2) return JSON.stringify({ methodConfig: [] });
  const safe = types.flatMap((type) => SAFE.flatMap((verb) => type.methods[verb]?.rpc ?? []));
  const name = safe.map((rpc) => {
    const [, service, method] = rpc.split("/");
    return { service, method };
  });
  return JSON.stringify({
    methodConfig: [
      {
        name: [...name, { service: "opi_ext.agent.v1.CapabilitiesService" }, { service: "grpc.health.v1.Health" }],
        retryPolicy: {
          maxAttempts: attempts,
          initialBackoff: "0.1s",
          maxBackoff: "2s",
          backoffMultiplier: 2,
          retryableStatusCodes: ["UNAVAILABLE"],
        },
      },
    ],
  });
}
