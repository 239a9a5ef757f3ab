import { BinaryReader } from "@bufbuild/protobuf/wire";
import { CallError } from "../../../provider/client/call-error";
import type { Probe } from "../../../provider/client/probe";
import { status } from "@grpc/grpc-js";

/** What the standard health service says (grpc.health.v1.Health). */
export interface Health {
  readonly served: boolean;
  /** `SERVING`, `NOT_SERVING`, … */
  readonly status?: string;
  /** Why there is no status. */
  readonly said?: string;
}

const STATUSES = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"];

/** @throws CallError when the agent cannot be asked at all */
export async function lookAtHealth(probe: Probe): Promise<Health> {
  try {
    // An empty HealthCheckRequest, which asks for the server as a whole, has no bytes.
    const answer = await probe.unary("/grpc.health.v1.Health/Check", new Uint8Array());
    return { served: true, status: STATUSES[statusIn(answer)] ?? "UNKNOWN" };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    const { code } = error.failure;
    if (code === status.UNAVAILABLE || code === status.DEADLINE_EXCEEDED) throw error;
    return { served: code !== status.UNIMPLEMENTED, said: probe.words(error) };
  }
}

/** HealthCheckResponse.status, its field 1; an absent field is zero. */
function statusIn(bytes: Uint8Array): number {
  const reader = new BinaryReader(bytes);
  let found = 0;
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1) found = reader.int32();
    else reader.skip(wireType);
  }
  return found;
}
