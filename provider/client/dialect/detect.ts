import { status } from "@grpc/grpc-js";
import type { WireMessage } from "../../catalogue/values/wire";
import type { Capabilities } from "../../wire/opi_ext/agent/v1/capabilities";
import { CallError } from "../call-error";
import { fromCapabilities } from "./capabilities";
import { careful } from "./careful";
import { spdkBridge } from "./spdk-bridge";
import type { Dialect } from "./types";

/** One unary call by names. @throws CallError */
export type Ask = (rpc: string, request: string, response: string, message: WireMessage) => Promise<WireMessage>;

/** The call by which an agent tells what it is: our extension of the contract. */
export const CAPABILITIES = {
  rpc: "/opi_ext.agent.v1.CapabilitiesService/GetCapabilities",
  request: "opi_ext.agent.v1.GetCapabilitiesRequest",
  response: "opi_ext.agent.v1.Capabilities",
} as const;

/** No user id: 4 to 63 characters, but not of the automatic ids' form. */
const PROBE = "volumes/pulumi-opi-probe";

/**
 * Asks an agent what it is. An agent of ours says so; the reference bridge is known by what it lacks (the standard
 * health service; recordings/bridge-grpc.jsonl: special.inventory/unregistered) and by its words about an object that
 * does not exist (NullVolume/get_missing). All others are treated with the most care. Vendor bridges answer like the
 * reference bridge, whose code they contain: their dialects have to be named.
 *
 * @throws CallError when the agent cannot be asked: unreachable, or not letting us in
 */
export async function detectDialect(ask: Ask): Promise<Dialect> {
  const { rpc, request, response } = CAPABILITIES;
  const capabilities = await answerOf(() => ask(rpc, request, response, {}));
  // The codec decoded it as that message.
  if (capabilities.kind === "answer") return fromCapabilities(capabilities.message as unknown as Capabilities);

  // An empty HealthCheckRequest has no bytes, as an Empty has none; what it answers does not matter.
  const health = await answerOf(() =>
    ask("/grpc.health.v1.Health/Check", "google.protobuf.Empty", "google.protobuf.Empty", {}),
  );
  if (!(health.kind === "error" && health.code === status.UNIMPLEMENTED)) return careful;

  const probe = await answerOf(() =>
    ask(
      "/opi_api.storage.v1.NullVolumeService/GetNullVolume",
      "opi_api.storage.v1.GetNullVolumeRequest",
      "opi_api.storage.v1.NullVolume",
      { name: PROBE },
    ),
  );
  return probe.kind === "error" && probe.detail.includes("unable to find key") ? spdkBridge : careful;
}

type Answer =
  | { readonly kind: "answer"; readonly message: WireMessage }
  | { readonly kind: "error"; readonly code: status; readonly detail: string };

/** Errors that say nothing of the agent's kind are no answers. */
const TELLS_NOTHING: readonly status[] = [
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.CANCELLED,
  status.UNAUTHENTICATED,
  status.PERMISSION_DENIED,
  status.RESOURCE_EXHAUSTED,
];

async function answerOf(ask: () => Promise<WireMessage>): Promise<Answer> {
  try {
    return { kind: "answer", message: await ask() };
  } catch (error) {
    if (!(error instanceof CallError) || TELLS_NOTHING.includes(error.failure.code)) throw error;
    return { kind: "error", code: error.failure.code, detail: error.failure.detail };
  }
}
