export { SpdkClient, type SpdkCaller, type SpdkCallOptions, type SpdkClientOptions } from "./client";
export { SpdkBusyError, SpdkError, SpdkTransportError } from "./errors";
export type * from "./types";
