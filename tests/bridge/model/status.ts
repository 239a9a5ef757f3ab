import { status } from "@grpc/grpc-js";

/** An error answer of the bridge. */
export class BridgeStatus extends Error {
  override readonly name = "BridgeStatus";

  constructor(
    readonly code: status,
    readonly details: string,
  ) {
    super(details);
  }
}

/** What Go's plain errors become: most of the bridge's own and all of SPDK's (recordings/bridge-grpc.jsonl: …/create_empty_request). */
export const unknown = (details: string): BridgeStatus => new BridgeStatus(status.UNKNOWN, details);
export const invalid = (details: string): BridgeStatus => new BridgeStatus(status.INVALID_ARGUMENT, details);
/** Recorded: …/get_missing. */
export const missingKey = (name: string): BridgeStatus =>
  new BridgeStatus(status.NOT_FOUND, `unable to find key ${name}`);
export const unimplemented = (details: string): BridgeStatus => new BridgeStatus(status.UNIMPLEMENTED, details);
