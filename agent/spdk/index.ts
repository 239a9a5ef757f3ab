export { SpdkClient, type SpdkCaller, type SpdkCallOptions, type SpdkClientOptions } from "./client";
export { SpdkError, SpdkTransportError } from "./errors";
export type * from "./types";
