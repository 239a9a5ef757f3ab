/**
 * OPI resources as Pulumi dynamic resources: no plugin to install. One class for each type of the contract, by OPI's
 * three areas: `new opi.frontend.NvmeSubsystem("ss0", { nqn: … })`.
 */
export * as backend from "./generated/backend";
export * as frontend from "./generated/frontend";
export * as middleend from "./generated/middleend";
export type { AgentArgs, TlsArgs } from "./agent";
export { OpiResource } from "./resource";
export type { GetArgs, ResourceArgs } from "./resource";
