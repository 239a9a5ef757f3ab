/** `pulumi-opi/client`: any OPI agent, spoken to by catalogue type and verb; for scripts beside Pulumi programs. */
export { catalogue, typeByNoun, typeByToken } from "./catalogue";
export type { Catalogue, Field, ResourceType } from "./catalogue";
export { closeAll, connect, OpiError } from "./client";
export type { Agent, AgentConfig, CallOptions, CreateWish, TlsConfig } from "./client";
